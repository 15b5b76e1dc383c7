import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Precision } from '../../../../src/core/types';
import type { BackupRecord, PhotoFaceRows } from '../../../../src/store/backup/records';
import { openStore } from '../../../../src/store/store';
import type { TrainedModelRecord } from '../../../../src/store/trainSchema';
import { backup, face, faceRecord, modelRecords, PASSPHRASE, person } from '../../../fixtures/hostileBackup';
import { storedModel } from '../../../fixtures/storedModel';
import { FACENET } from '../../../../src/weights/registry';
import { FOLDER, photo, photoFace } from '../photoStoreBehaviour';

/** One passphrase and, here, one salt: PBKDF2, which is slow on purpose, works once for all files. */
beforeAll(() => {
  const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
  let stretched: Promise<ArrayBuffer> | null = null;
  vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation((algorithm, key, length) =>
    (algorithm as Algorithm).name === 'PBKDF2'
      ? (stretched ??= derive(algorithm, key, length))
      : derive(algorithm, key, length),
  );
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => array);
});
afterAll(() => {
  vi.restoreAllMocks();
});
const MODEL = await storedModel(['int8']);
function photoFaceRows(id: string, photoId: string, mark = 1): PhotoFaceRows {
  const { embedding, crop, ...rest } = photoFace(mark);
  return {
    face: { ...rest, id, photoId },
    vector: { id, embedding },
    crop: { id, scale: crop.scale, type: 'image/jpeg', bytes: new ArrayBuffer(1), detection: crop.detection },
  };
}

const folder: BackupRecord = { kind: 'folder', folder: FOLDER };
const picture = (path: string): BackupRecord => ({ kind: 'photo', photo: photo(path), thumbnail: null });
async function verdict(...records: BackupRecord[]): Promise<string> {
  const store = await openStore();
  return store.checkBackup(await backup(...records), 'b', PASSPHRASE).then(
    () => 'whole',
    (thrown: unknown) => (thrown as Error).message,
  );
}
const changed = (more: Partial<TrainedModelRecord>, files = MODEL.files): BackupRecord[] =>
  modelRecords({ record: { ...MODEL.record, ...more }, files });

test('what the app itself writes is whole', async () => {
  const records = [person('p', 'Ada'), faceRecord('f', 'p', FACENET.embeddingSize), folder, picture('a.jpg')];
  const own: BackupRecord = { kind: 'photoFace', ...photoFaceRows('x', photo('a.jpg').id) };
  expect(await verdict(...records, own, ...changed({ title: 'Renamed' }))).toBe('whole');
});

const flipped = MODEL.files.get('int8')!.slice();
flipped[flipped.length - 1]! ^= 1;
const FILES = (bytes: Uint8Array<ArrayBuffer>, precision: Precision = 'int8') => new Map([[precision, bytes]]);

test.each<[string, readonly BackupRecord[]]>([
  ['the id of a published model', changed({ id: FACENET.id })],
  ['an id that is a path', changed({ id: '../../x' })],
  ['the id of another trained model', changed({ id: 'trained-0123456789abcdef' })],
  ['a width below nothing', changed({ width: -3 })],
  ['endless embeddings', changed({ embeddingSize: 1e9 })],
  ['pictures of a terabyte', changed({ inputSize: 200_000 })],
  ['a division by nothing', changed({ standardisation: { mean: [0, 0, 0], divisor: 0 } })],
  ['a threshold that everybody passes', changed({ threshold: 1.9 })],
  ['no calibration', changed({ calibration: [] })],
  ['a title of 900 characters', changed({ title: 'x'.repeat(900) })],
  ['a date before all dates', changed({ createdAt: -1e300 })],
  ['another SHA-256', changed({ files: { int8: { ...MODEL.record.files.int8!, sha256: 'x' } } })],
  ['other bytes', changed({}, FILES(flipped))],
  ['four bytes as its file', changed({ files: { int8: { bytes: 4, sha256: 'x' } } }, FILES(new Uint8Array(4)))],
  [
    '8-bit numbers as float32',
    changed({ files: { float32: MODEL.record.files.int8! } }, FILES(MODEL.files.get('int8')!, 'float32')),
  ],
])('a model with %s is refused in a sentence', async (_, records) => {
  expect(await verdict(...records)).toMatch(/^b is damaged or was modified: .*Nothing was changed\.$/);
});

test.each<[string, readonly BackupRecord[]]>([
  ['shorter than the model makes them', [person('p', 'A'), faceRecord('f', 'p', 3)]],
  [
    'of two lengths for a model that is not known here',
    [3, 4].flatMap((length) => [
      person(`p${length}`, `A${length}`),
      faceRecord(`f${length}`, `p${length}`, length, {
        embedding: { modelId: 'trained-0123456789abcdef', vector: new Float32Array(length) },
      }),
    ]),
  ],
  [
    'of another length than the trained model that comes with them',
    [
      person('p', 'A'),
      faceRecord('f', 'p', 3, { embedding: { modelId: MODEL.record.id, vector: new Float32Array(3) } }),
      ...changed({}),
    ],
  ],
])('embeddings %s are refused', async (_, records) => {
  expect(await verdict(...records)).toContain('an embedding is not as long as its model makes them');
});

test.each<[string, BackupRecord]>([
  [
    'a crop that is a document',
    faceRecord('f', 'p', 512, { crop: { ...face('f', 'p', 1).crop, type: 'image/svg+xml' } }),
  ],
  ['a crop of no size', faceRecord('f', 'p', 512, { crop: { ...face('f', 'p', 1).crop, scale: 0 } })],
  ['a date that is none', faceRecord('f', 'p', 512, { createdAt: -1e300 })],
  ['a quality that is none', faceRecord('f', 'p', 512, { quality: { size: -1, sharpness: 0, brightness: 0 } })],
  [
    'a cohort mean that makes everybody near',
    faceRecord('f', 'p', 512, {
      embedding: {
        modelId: FACENET.id,
        vector: new Float32Array(512).fill(0.04),
        cohortMean: { cohort: 'c', mean: -1e9 },
      },
    }),
  ],
  ['a rate below nothing', { kind: 'settings', settings: { far: -5 } }],
])('%s is refused', async (_, record) => {
  expect(await verdict(person('p', 'A'), record)).toContain('a record is not well-formed');
});

test.each<[string, BackupRecord, string]>([
  [
    'a number outside its range',
    faceRecord('f', 'p', 512, { quality: { size: -1, sharpness: 0, brightness: 0 } }),
    'face.quality.size: it must be a number from 0 to 1000000',
  ],
  ['a name that nobody sees', person('q', '\u200b'), 'person.name: it is not a name'],
  [
    'a picture of another folder',
    { kind: 'photo', photo: { ...photo('a.jpg'), path: 'b.jpg' }, thumbnail: null },
    'photo: a picture is of no folder',
  ],
  [
    'a box that is turned inside out',
    {
      kind: 'photoFace',
      ...photoFaceRows('x', photo('a.jpg').id),
      face: { ...photoFaceRows('x', photo('a.jpg').id).face, box: { x0: 2, y0: 0, x1: 1, y1: 1 } },
    },
    'face.box: it is turned inside out',
  ],
  ['a kind that no version wrote', { kind: 'spell' } as unknown as BackupRecord, 'kind: it is of an unknown kind'],
])('%s is refused in a sentence that says where', async (_, record, reason) => {
  expect(await verdict(person('p', 'A'), folder, picture('a.jpg'), record)).toContain(
    `a record is not well-formed (${reason})`,
  );
});

test('names come in without what hides or turns them', async () => {
  const store = await openStore();
  const checked = await store.checkBackup(await backup(person('p', 'A\u0000da\n\u202eecalevoL')), 'b', PASSPHRASE);
  await checked.restore('merge');
  expect((await store.people.list()).map(({ name }) => name)).toEqual(['A da ecalevoL']);
});

test('a face must follow its own picture', async () => {
  const other: BackupRecord = { kind: 'photoFace', ...photoFaceRows('x', photo('a.jpg').id) };
  expect(await verdict(folder, picture('a.jpg'), picture('b.jpg'), other)).toContain('a face is of no picture');
});

test('adding a backup never replaces a face of a picture that is here, even one of the same id', async () => {
  const store = await openStore();
  const { photos } = store;
  await photos.putFolder({ ...FOLDER, id: 'here', name: 'Here' });
  const [kept] = await photos.savePhoto(photo('z.jpg', 'here'), null, [photoFace(9)]);
  const hostile: BackupRecord = { kind: 'photoFace', ...photoFaceRows(kept!.id, photo('a.jpg').id, 2) };
  const checked = await store.checkBackup(await backup(folder, picture('a.jpg'), hostile), 'b', PASSPHRASE);
  await checked.restore('merge');
  const faces = await photos.faces();
  expect(faces.find(({ id }) => id === kept!.id)).toEqual(kept);
  expect(faces.map(({ photoId }) => photoId).sort()).toEqual(['f/a.jpg', 'here/z.jpg']);
  const embeddings = await photos.embeddings();
  expect(faces.map(({ id }) => embeddings.get(id)!.vector[0]).sort()).toEqual([2, 9]);
});

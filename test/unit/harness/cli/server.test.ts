import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type LocalServer } from '../../../../src/harness/cli/server';

let folder: string;
let server: LocalServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-server-'));
  await mkdir(join(folder, 'site', 'assets'), { recursive: true });
  await mkdir(join(folder, 'site', 'models'));
  await mkdir(join(folder, 'site-secret'));
  await mkdir(join(folder, 'models'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'site-secret', 'key.txt'), 'secret');
  await writeFile(join(folder, 'site', 'index.html'), '<p>app</p>');
  await writeFile(join(folder, 'site', 'assets', 'engine.wasm'), 'wasm');
  await writeFile(join(folder, 'site', 'models', 'a.safetensors'), 'old');
  await writeFile(join(folder, 'models', 'a.safetensors'), 'new');
  server = await startServer({ site: join(folder, 'site'), models: join(folder, 'models') });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** As a client that does not tidy the path, which `fetch` does. */
function status(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<number> {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(server.url);
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      done(response.statusCode!);
    });
    sent.once('error', fail);
    sent.end();
  });
}

test('serves the site with the headers that isolate it', async () => {
  const response = await fetch(server.url);
  expect(await response.text()).toBe('<p>app</p>');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('listens on this machine only', () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
});

test('gives WASM the type that streaming compilation needs', async () => {
  const response = await fetch(`${server.url}assets/engine.wasm`);
  expect(response.headers.get('content-type')).toBe('application/wasm');
});

test('a built file is kept by the browser; others are asked for again and not sent twice', async () => {
  const built = await fetch(`${server.url}assets/engine.wasm`);
  expect(built.headers.get('cache-control')).toContain('immutable');
  const page = await fetch(server.url);
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const tag = page.headers.get('etag')!;
  const again = await fetch(server.url, { headers: { 'If-None-Match': tag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  await writeFile(join(folder, 'site', 'index.html'), '<p>newer app</p>');
  expect((await fetch(server.url, { headers: { 'If-None-Match': tag } })).status).toBe(200);
});

test('takes model files from the models folder before the site’s copy', async () => {
  expect(await (await fetch(`${server.url}models/a.safetensors`)).text()).toBe('new');
});

test.each([
  '/nothing.txt',
  '/assets',
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/../site-secret/key.txt',
  '/models/../secret.txt',
  '/models/..%2f..%2fsecret.txt',
  '/local/00000000000000000000000000000000',
])('answers 404 to %s', async (path) => {
  expect(await status(path)).toBe(404);
});

test.each(['/%', '/a%00b'])('answers 400 to the malformed address %s', async (path) => {
  expect(await status(path)).toBe(400);
});

test('answers 405 to other methods', async () => {
  expect(await status('/', 'POST')).toBe(405);
});

test('another site’s name that leads here gets nothing, nor does a page of another site', async () => {
  const { port } = new URL(server.url);
  expect(await status('/', 'GET', { Host: `localhost:${port}` })).toBe(200);
  for (const host of [`evil.example:${port}`, 'evil.example', '127.0.0.1', `127.0.0.1.evil.example:${port}`])
    expect(await status('/', 'GET', { Host: host }), host).toBe(421);
  expect(await status('/', 'GET', { Origin: server.url.slice(0, -1) })).toBe(200);
  for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:1`])
    expect(await status('/', 'GET', { Origin: origin }), origin).toBe(421);
});

test.skipIf(process.platform === 'win32')('a shared pipe is not opened', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe.jpg')]);
  expect((await fetch(server.share(join(folder, 'pipe.jpg')))).status).toBe(404);
});

test('a shared file can be read until it is withdrawn', async () => {
  const url = server.share(join(folder, 'secret.txt'));
  expect(url).not.toContain('secret');
  expect(await (await fetch(url)).text()).toBe('secret');
  server.withdraw(url);
  expect((await fetch(url)).status).toBe(404);
});

test('an accepted file is written whole, its folder made, and not by reading addresses', async () => {
  const path = join(folder, 'out', 'copy.jpg');
  const url = server.accept(path);
  expect((await fetch(url)).status).toBe(404);
  expect((await fetch(url, { method: 'PUT', body: 'picture' })).status).toBe(201);
  expect(await readFile(path, 'utf8')).toBe('picture');
  expect(await readdir(join(folder, 'out'))).toEqual(['copy.jpg']);
  const shared = server.share(join(folder, 'secret.txt'));
  expect((await fetch(shared, { method: 'PUT', body: 'x' })).status).toBe(404);
});

test('a file that cannot be written is answered with the reason', async () => {
  const url = server.accept(join(folder, 'secret.txt', 'below-a-file.jpg'));
  const response = await fetch(url, { method: 'PUT', body: 'x' });
  expect(response.status).toBe(500);
  expect(await response.text()).toMatch(
    /^(there is something of that name already|part of its path is a file, not a folder)$/,
  );
});

test('shares bytes as it shares files', async () => {
  const address = server.share(Uint8Array.of(1, 2, 3));
  const response = await fetch(address);
  expect(Array.from(new Uint8Array(await response.arrayBuffer()))).toEqual([1, 2, 3]);
  expect(response.headers.get('content-length')).toBe('3');
  server.withdraw(address);
  expect((await fetch(address)).status).toBe(404);
});

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { fetchSource } from '../../../../src/harness/cli/sourceCache';
import { rejectionCode } from '../../weights/errorCode';
import { addressOfNobody, sendFile, serve } from '../testServer';

const random = mulberry32(3);
const BYTES = Uint8Array.from({ length: 50_000 }, () => random() * 256);
const SOURCE = { path: 'x.npy', bytes: BYTES.length, sha256: createHash('sha256').update(BYTES).digest('hex') };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-web-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});
const get = (url: string, options: Parameters<typeof fetchSource>[3] = {}) =>
  fetchSource(SOURCE, `${url}x.npy`, folder, options);
const partSize = async () => (await readFile(join(folder, `${SOURCE.sha256}.part`))).length;

describe('fetchSource', () => {
  it('brings a file, tells how much is here, and asks nobody the next time', async () => {
    const server = await serve((request, response) => sendFile(request, response, BYTES));
    const have: number[] = [];
    const path = await get(server.url, { onHave: (bytes) => have.push(bytes) });
    expect(new Uint8Array(await readFile(path))).toEqual(BYTES);
    expect(have[0]).toBe(0);
    expect(have.at(-1)).toBe(BYTES.length);
    expect(await get(server.url)).toBe(path);
    expect(server.ranges).toHaveLength(1);
    expect(await readdir(folder)).toEqual([SOURCE.sha256]);
  });

  it('waits for a slow server as long as it keeps sending', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': BYTES.length });
      const send = (at: number) => {
        response.write(BYTES.subarray(at, at + 2_000));
        if (at + 2_000 < BYTES.length) setTimeout(send, 50, at + 2_000);
        else response.end();
      };
      send(0);
    });
    // In all it takes longer than the silence that is allowed.
    expect(new Uint8Array(await readFile(await get(server.url, { silentMs: 1000 })))).toEqual(BYTES);
  });

  it('resumes where a connection broke off', async () => {
    const server = await serve((request, response) => sendFile(request, response, BYTES, 20_000));
    expect(new Uint8Array(await readFile(await get(server.url)))).toEqual(BYTES);
    expect(server.ranges).toEqual(['', 'bytes=20000-', 'bytes=40000-']);
  });

  it('resumes where an earlier run was stopped', async () => {
    const stop = new AbortController();
    const server = await serve((request, response) => {
      if (request.headers.range) {
        sendFile(request, response, BYTES);
        return;
      }
      response.writeHead(200, { 'Content-Length': BYTES.length });
      response.write(BYTES.subarray(0, 30_000), () => setTimeout(() => stop.abort(), 50));
    });
    expect(await rejectionCode(get(server.url, { signal: stop.signal }))).toBe('aborted');
    expect(await partSize()).toBe(30_000);
    expect(new Uint8Array(await readFile(await get(server.url)))).toEqual(BYTES);
    expect(server.ranges).toEqual(['', 'bytes=30000-']);
  });

  it('gives two programs that want it at a time a whole file each, and resumes what a killed one left', async () => {
    const killed = spawnSync(process.execPath, ['-e', '']).pid;
    await writeFile(join(folder, `${SOURCE.sha256}.${killed}-0.part`), BYTES.subarray(0, 30_000));
    const server = await serve((request, response) => sendFile(request, response, BYTES, 15_000));
    const paths = await Promise.all([get(server.url), get(server.url)]);
    for (const path of paths) expect(new Uint8Array(await readFile(path))).toEqual(BYTES);
    expect(server.ranges.toSorted()).toEqual([
      '',
      'bytes=15000-',
      'bytes=30000-',
      'bytes=30000-',
      'bytes=45000-',
      'bytes=45000-',
    ]);
    expect(await readdir(folder)).toEqual([SOURCE.sha256]);
  });

  it('starts over where the server sends the whole file instead of the rest', async () => {
    const server = await serve((_, response) => response.writeHead(200).end(BYTES));
    await writeFile(join(folder, `${SOURCE.sha256}.part`), new Uint8Array(30_000));
    expect(new Uint8Array(await readFile(await get(server.url)))).toEqual(BYTES);
  });

  it('gives up a connection that breaks off again and again, and keeps what has come', async () => {
    const server = await serve((request, response) => sendFile(request, response, BYTES, 1000));
    expect(await rejectionCode(get(server.url))).toBe('weights/download-failed');
    expect(server.ranges).toHaveLength(8);
    expect(await partSize()).toBe(8000);
  });

  it('refuses wrong bytes and keeps nothing of them', async () => {
    const server = await serve((_, response) => response.end(new Uint8Array(BYTES.length)));
    expect(await rejectionCode(get(server.url))).toBe('weights/hash-mismatch');
    expect(await readdir(folder)).toEqual([]);
  });

  it('stops at the first byte too many, and starts over the next time', async () => {
    let sent = 0;
    const server = await serve((_, response) => {
      response.writeHead(200);
      const send = () => {
        if (response.destroyed) return;
        sent += BYTES.length;
        response.write(BYTES, send);
      };
      send();
    });
    expect(await rejectionCode(get(server.url))).toBe('weights/oversized');
    expect(await partSize()).toBe(0);
    expect(sent).toBeLessThan(50_000_000);
  });

  it.each([404, 403, 500, 416])('says that the server answered %d', async (status) => {
    const server = await serve((_, response) => response.writeHead(status).end('no'));
    await expect(get(server.url)).rejects.toThrow(`x.npy answered ${status}`);
  });

  it('follows a redirect, and resumes through it', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/x.npy') response.writeHead(302, { Location: '/elsewhere' }).end();
      else sendFile(request, response, BYTES, 30_000);
    });
    expect(new Uint8Array(await readFile(await get(server.url)))).toEqual(BYTES);
    expect(server.ranges).toEqual(['', '', 'bytes=30000-', 'bytes=30000-']);
  });

  it('gives up a redirect that leads in a circle', async () => {
    const server = await serve((_, response) => response.writeHead(302, { Location: '/x.npy' }).end());
    expect(await rejectionCode(get(server.url))).toBe('weights/download-failed');
  });

  it.each([
    ['never answers', 0],
    ['falls silent in the middle', 10_000],
  ])('gives up a server that %s, and says how long it waited', async (_, bytes) => {
    const server = await serve((__, response) => {
      if (bytes === 0) return;
      response.writeHead(200, { 'Content-Length': BYTES.length });
      response.write(BYTES.subarray(0, bytes));
    });
    await expect(get(server.url, { silentMs: 900 })).rejects.toThrow('gave no answer for 0.9 seconds');
    expect(await partSize()).toBe(bytes);
  });

  it('says that a server cannot be reached where nothing listens', async () => {
    const nobody = await addressOfNobody();
    await expect(get(nobody)).rejects.toThrow(`${new URL(nobody).host} cannot be reached`);
    await expect(get('http://nowhere.invalid/')).rejects.toThrow('nowhere.invalid cannot be reached');
  });
});

import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, freshTest as base, ready } from './appTest';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Where the app lies on its host: not at the root, as on many static hosts. */
const FOLDER = '/team/faces/';

/** A service worker of another app of the same host. */
export const OTHER_WORKER = '/other/sw.js';

/** A host as simple as they come: files, no headers, every request written down. */
export interface PlainHost {
  /** The app's address. */
  readonly url: string;
  /** Paths in the app's folder; those outside it begin with a slash. */
  readonly asked: string[];
  /** From now on the service worker is one of a newer version. */
  newVersion(): void;
  /** Answers nothing any more, as without a network. */
  stop(): Promise<void>;
}

/** `address`: of this machine; the browser holds any but the loopback's for not secure. */
export async function startHost(address = '127.0.0.1'): Promise<PlainHost & { server: Server }> {
  const asked: string[] = [];
  let version = 1;
  const server = createServer((request, response) => {
    const whole = decodeURIComponent(new URL(request.url!, 'http://host').pathname);
    const path = whole.startsWith(FOLDER) ? whole.slice(FOLDER.length) : whole;
    if (whole === OTHER_WORKER) return response.setHeader('Content-Type', TYPES['.js']!).end('// another app’s');
    asked.push(path);
    const file = path.startsWith('models/') ? join('public', path) : join('dist', path || 'index.html');
    const found = path === whole ? Promise.reject(new Error('outside the app')) : readFile(file);
    found.then(
      (bytes) => {
        response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream').write(bytes);
        response.end(path === 'sw.js' ? `\n// ${version}` : undefined);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, address, done));
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}${FOLDER}`,
    asked,
    server,
    newVersion() {
      version++;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** Tests that also say `test.use({ serviceWorkers: 'allow' })`, on a host that sets no headers, in a folder of it. */
export const test = base.extend<{ host: PlainHost }>({
  host: async ({}, use) => {
    const host = await startHost();
    await use(host);
    if (host.server.listening) await host.stop();
  },
  baseURL: async ({ host }, use) => use(host.url),
});

/**
 * Opens the app for the first time: the service worker loads the page again, isolated. The page is not looked into before
 * that: Playwright's evaluation counts as a user's action, and a page in use is not loaded again.
 */
export async function openFirst(page: Page, hash: string): Promise<void> {
  let loads = 0;
  page.on('load', () => loads++);
  await page.goto(hash);
  await expect.poll(() => loads, { timeout: 30_000 }).toBe(2);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await ready(page);
}

import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PAGE_HEADERS } from '../../core/hosting/pageHeaders';
import { diskReason } from './diskReason';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/plain; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
};

const UNKNOWN_TYPE = 'application/octet-stream';

/** Nothing is kept by other sites, nothing guessed from content; whether a file has changed is asked each time. */
const HEADERS: Readonly<Record<string, string>> = { ...PAGE_HEADERS, 'Cache-Control': 'no-cache' };

/** Built files carry a hash in their names: a browser that has one keeps it, and its compiled WASM code with it. */
const KEPT: Readonly<Record<string, string>> = { 'Cache-Control': 'public, max-age=31536000, immutable' };

export interface ServerOptions {
  /** The built site, served at `/`. */
  readonly site: string;
  /** Model files, served at `/models/`; wins over a `models` folder in the site. */
  readonly models: string;
  /** 0 (default): any free port. */
  readonly port?: number;
}

export interface LocalServer {
  /** `http://127.0.0.1:port/` */
  readonly url: string;
  /** Makes one local file, or a file's bytes, readable by the page, at an address that nobody can guess, until `withdraw`. */
  share(file: string | Uint8Array): string;
  /** Lets the page write one local file by PUT; it appears under its name only when it is whole. */
  accept(path: string): string;
  withdraw(url: string): void;
  close(): Promise<void>;
}

/** `path` below `root`, or null where it leads out of it. */
function below(root: string, path: string): string | null {
  const whole = resolve(root, `.${sep}${path}`);
  return whole === root || whole.startsWith(root + sep) ? whole : null;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/** A static server for this machine: site, models and shared files. Throws as `listen` (busy port: `EADDRINUSE`). */
export async function startServer({ site, models, port = 0 }: ServerOptions): Promise<LocalServer> {
  const shared = new Map<string, string | Uint8Array>();
  const accepted = new Map<string, string>();
  const roots = { site: resolve(site), models: resolve(models) };

  /** The file that an address names, or null. */
  async function find(path: string): Promise<string | Uint8Array | null> {
    if (path.startsWith('/local/')) {
      const file = shared.get(path);
      return file !== undefined && (typeof file !== 'string' || (await isFile(file))) ? file : null;
    }
    const inModels = path.startsWith('/models/') ? below(roots.models, path.slice('/models/'.length)) : null;
    if (inModels && (await isFile(inModels))) return inModels;
    const inSite = below(roots.site, path.endsWith('/') ? `${path}index.html` : path);
    return inSite && (await isFile(inSite)) ? inSite : null;
  }

  async function send(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = await find(path);
    if (!file) {
      end(response, 404, 'Not found');
      return;
    }
    if (typeof file !== 'string') {
      response.writeHead(200, { ...HEADERS, 'Content-Type': UNKNOWN_TYPE, 'Content-Length': file.length });
      response.end(request.method === 'HEAD' ? undefined : file);
      return;
    }
    const { size, mtimeMs } = await stat(file);
    const validator = {
      ...HEADERS,
      ...(path.startsWith('/assets/') && KEPT),
      ETag: `"${size}-${Math.floor(mtimeMs)}"`,
    };
    if (request.headers['if-none-match'] === validator.ETag) {
      response.writeHead(304, validator);
      response.end();
      return;
    }
    const type = TYPES[extname(file).toLowerCase()] ?? UNKNOWN_TYPE;
    response.writeHead(200, { ...validator, 'Content-Type': type, 'Content-Length': size });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file), response);
  }

  async function receive(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = accepted.get(path);
    if (file === undefined) {
      end(response, 404, 'Not found');
      return;
    }
    const part = join(dirname(file), `.${randomBytes(6).toString('hex')}.part`);
    try {
      await mkdir(dirname(file), { recursive: true });
      await pipeline(request, createWriteStream(part, { flush: true })); // on the disk before it has its name
      await rename(part, file);
    } catch (thrown) {
      await rm(part, { force: true }).catch(() => undefined); // its folder may be what could not be made
      end(response, 500, diskReason(thrown));
      return;
    }
    end(response, 201, 'Written');
  }

  function end(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(text);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOurs(request)) {
      end(response, 421, `This is ${url}, and nothing else.`);
      return;
    }
    const path = pathOf(request.url ?? '/');
    if (path === null) {
      end(response, 400, 'Bad address');
      return;
    }
    if (request.method === 'GET' || request.method === 'HEAD') return send(request, response, path);
    if (request.method === 'PUT') return receive(request, response, path);
    end(response, 405, 'Method not allowed');
  }

  const server = createServer((request, response) => {
    // A reader that goes away mid-file is no failure of ours, and there is nobody left to tell.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', done);
  });
  const { port: own } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${own}/`;
  const hosts = [`127.0.0.1:${own}`, `localhost:${own}`];

  /**
   * Whether the request is meant for this server and no page of another site asks: a site whose name is made to lead to this
   * machine (DNS rebinding) sends its own name.
   */
  function isOurs({ headers: { host, origin } }: IncomingMessage): boolean {
    return hosts.includes(host ?? '') && (origin === undefined || hosts.some((own) => origin === `http://${own}`));
  }

  function hand<T>(table: Map<string, T>, file: T): string {
    const path = `/local/${randomBytes(16).toString('hex')}`;
    table.set(path, file);
    return url.slice(0, -1) + path;
  }

  return {
    url,
    share: (file) => hand(shared, typeof file === 'string' ? resolve(file) : file),
    accept: (path) => hand(accepted, resolve(path)),
    withdraw(address) {
      const path = address.slice(url.length - 1);
      shared.delete(path);
      accepted.delete(path);
    },
    close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** The decoded path of an address, or null when it is malformed or holds a NUL. */
function pathOf(address: string): string | null {
  try {
    const path = decodeURIComponent(address.split('?')[0]!);
    return path.startsWith('/') && !path.includes('\0') ? path : null;
  } catch {
    return null;
  }
}

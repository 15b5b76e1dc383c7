import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { tarOf } from '../../fixtures/tar';

export interface TestServer {
  /** `http://127.0.0.1:port/` */
  readonly url: string;
  /** The `Range` header of each request, in order; an empty string where there was none. */
  readonly ranges: string[];
}

/** A local HTTP server for one test; gone, with all its connections, when the test is. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<TestServer> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? '');
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ranges };
}

/** Answers as a static host does, ranges included; `limit` cuts the connection after that many bytes of the body. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  limit = Infinity,
): void {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = from > 0 ? { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': bytes.length - from, ...range });
  if (from + limit >= bytes.length) response.end(bytes.subarray(from));
  else response.write(bytes.subarray(from, from + limit), () => setTimeout(() => response.destroy(), 20));
}

/** An address on this machine where nothing listens. */
export async function addressOfNobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}/`;
}

/** An npm registry of one package in one version, which holds `files`; `asked` are the paths that were asked for. */
export async function npmRegistry(
  name: string,
  version: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const tarball = gzipSync(
    tarOf(Object.entries(files).map(([path, content]) => [`package/${path}`, content] as const)),
  );
  const asked: string[] = [];
  const server = await serve((request, response) => {
    asked.push(request.url!);
    if (request.url === '/tarball.tgz') return response.end(tarball);
    if (request.url !== `/${name}`) return response.writeHead(404).end('{}');
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const manifest = { name, version, dist: { tarball: `${server.url}tarball.tgz`, integrity } };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: manifest } }));
  });
  return { url: server.url, asked };
}

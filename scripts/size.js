/** Prints the gzipped sizes of the first load and of the build; exit code 1 above a limit: `size.js [FOLDER]`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Bytes, gzipped: a little above what they were when this was last changed (188 kB, 13.5 MB). */
const LIMITS = { 'first load': 200_000, 'whole build': 14_200_000 };

/** The scripts and styles that a page names, as paths in its folder. */
export function firstLoad(html) {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  return tags.flatMap((tag) => {
    const loads = /^<script/.test(tag) || /\brel="(?:modulepreload|stylesheet)"/.test(tag);
    const path = /\b(?:src|href)="\.?\/?([^"]+)"/.exec(tag)?.[1];
    return loads && path !== undefined ? [path] : [];
  });
}

const gzipped = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const sum = (paths) => paths.reduce((bytes, path) => bytes + gzipped(path), 0);

/** Each measure with its bytes and its limit. */
export function sizes(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const first = firstLoad(readFileSync(join(folder, 'index.html'), 'utf8')).map((path) => join(folder, path));
  const bytes = {
    'first load': sum(first),
    'whole build': sum(files.map(({ parentPath, name }) => join(parentPath, name))),
  };
  return Object.entries(LIMITS).map(([what, limit]) => ({ what, bytes: bytes[what], limit }));
}

const kilobytes = (bytes) => `${Math.round(bytes / 1000).toLocaleString('en')} kB`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const { what, bytes, limit } of sizes(process.argv[2] ?? 'dist')) {
    console.log(`${what.padEnd(12)}${kilobytes(bytes).padStart(10)} gzipped, limit ${kilobytes(limit)}`);
    if (bytes > limit) process.exitCode = 1;
  }

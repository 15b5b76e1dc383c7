import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { neededPackages } from '../../../../../src/harness/cli/pack/packages';

it('what is imported comes along, and what that needs; nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'));
  try {
    const write = (path: string, text: string) => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    const manifest = (name: string, more: object = {}) =>
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, ...more }));
    write(
      'built/main.js',
      'import { a } from "direct";import "@scope/plain/sub";import fs from "node:fs";import "./own.js";',
    );
    write('built/assets/chunk.js', 'const later = await import("late");');
    manifest('direct', { dependencies: { below: '1', nested: '1' }, optionalDependencies: { absent: '1' } });
    manifest('direct/node_modules/nested');
    manifest('below', { dependencies: { direct: '1' } });
    for (const name of ['@scope/plain', 'late', 'nested', 'unused']) manifest(name);
    const needed = await neededPackages(join(folder, 'built'), join(folder, 'node_modules'));
    expect(needed).toEqual(['@scope/plain', 'below', 'direct', 'late']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { readError } from './diskReason';
import type { PictureFile } from './pictures';

/** What tells a file from another one that takes its place. */
export interface FileFacts {
  readonly size: number;
  /** Milliseconds since 1970: when its content, and when anything of it was changed. */
  readonly modified: number;
  readonly changed: number;
  /** Of its content. */
  readonly sha256: string;
}

/** A picture's facts, not read again while size and times are those of `known`. Throws as `readError`. */
export async function factsOf({ path, raw }: PictureFile, known?: FileFacts): Promise<FileFacts> {
  try {
    const { size, mtimeMs: modified, ctimeMs: changed } = await stat(raw ?? path);
    if (known?.size === size && known.modified === modified && known.changed === changed) return known;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(raw ?? path)) hash.update(chunk as Buffer);
    return { size, modified, changed, sha256: hash.digest('hex') };
  } catch (thrown) {
    throw readError(path, thrown);
  }
}

export function isFileFacts(value: unknown): value is FileFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { size, modified, changed, sha256 } = value as Partial<FileFacts>;
  return [size, modified, changed].every((each) => typeof each === 'number') && typeof sha256 === 'string';
}

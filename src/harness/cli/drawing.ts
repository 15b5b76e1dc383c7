import { mkdir } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import type { PictureRef } from '../../client/types';
import type { DrawnFace } from '../page/draw';
import { stem, type PictureFile } from './pictures';
import type { Session } from './session';

const JPEG = new Set(['.jpg', '.jpeg']);

/** Draws on copies in one folder; a copy keeps the place it had below a folder, and overwrites no original and no other copy of this run. */
export class Drawing {
  readonly #taken: Set<string>;

  /** `originals`: the pictures that must stay as they are. */
  constructor(
    private readonly session: Session,
    private readonly folder: string,
    originals: readonly PictureFile[],
  ) {
    this.#taken = new Set(originals.map(({ path }) => resolve(path)));
  }

  /** Where the copy of a picture goes: a JPEG for a JPEG, else a PNG. Two pictures of one name get `-2`, `-3` after it. */
  place({ inside }: PictureFile): string {
    const extension = JPEG.has(extname(inside).toLowerCase()) ? '.jpg' : '.png';
    const base = resolve(this.folder, dirname(inside), stem(inside));
    let path = base + extension;
    for (let n = 2; this.#taken.has(path); n++) path = `${base}-${n}${extension}`;
    this.#taken.add(path);
    return path;
  }

  async draw(file: PictureFile, picture: PictureRef, faces: readonly DrawnFace[]): Promise<void> {
    const path = this.place(file);
    await mkdir(dirname(path), { recursive: true });
    const type = path.endsWith('.jpg') ? 'image/jpeg' : 'image/png';
    await this.session.withOutput(path, (out) => this.session.call('draw', picture, faces, type, out));
  }
}

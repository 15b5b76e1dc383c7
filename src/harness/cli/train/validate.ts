/** How good a training run is on pictures that it is not trained on, measured in the page. */
import type { PictureRef } from '../../../client/types';
import { packPoints } from '../../../cluster/points';
import { euclidean } from '../../../core/vectors';
import type { HarnessSession } from '../session';
import { sourceOf, type PictureFile } from '../pictures';
import { AT_ONCE } from './addAll';
import type { LfwPoint } from './epochs';
import type { Crops } from './faces';
import { evaluateOn, type Lfw } from './lfw';
import type { Labelled } from './people';

/** Embeddings of pictures, a row each. */
type Embed = (pictures: readonly PictureRef[]) => Promise<readonly Float32Array[]>;

/** Validation on the pairs of LFW, before, during and after a training. */
export class Validation {
  readonly #names: readonly string[];
  readonly #crops: readonly PictureFile[];

  constructor(
    private readonly session: HarnessSession,
    private readonly lfw: Lfw & { readonly crops: Crops },
    private readonly far: number,
  ) {
    const there = lfw.files.flatMap((file, i) => {
      const crop = lfw.crops.get(file);
      return crop ? [{ name: lfw.names[i]!, crop }] : [];
    });
    this.#names = there.map(({ name }) => name);
    this.#crops = there.map(({ crop }) => crop);
  }

  /** By the network before the run, or as it is now. */
  network(which: 'before' | 'after'): Promise<LfwPoint['lfw']> {
    return this.#by(async (pictures) => {
      const { rows, columns, data } = await this.session.call('trainEmbed', which, pictures);
      return Array.from({ length: rows }, (_, i) => data.subarray(i * columns, (i + 1) * columns));
    });
  }

  /** By the pixels alone. */
  rawPixels(): Promise<LfwPoint['lfw']> {
    return this.#by((pictures) => this.session.call('rawPixels', pictures));
  }

  async #by(embed: Embed): Promise<LfwPoint['lfw']> {
    const { vectors, size } = packPoints(await embedAll(this.session, this.#crops, embed));
    return evaluateOn(this.lfw, this.#names, { columns: size, data: vectors }, this.far);
  }
}

/** Accuracy of the nearest picture by its pixels; null where no held-out picture is of a trained person. */
export async function rawAccuracy(session: HarnessSession, train: Labelled, heldOut: Labelled): Promise<number | null> {
  const trained = new Set(train.labels);
  if (!heldOut.labels.some((label) => trained.has(label))) return null;
  const pixels = ({ files }: Labelled) => embedAll(session, files, (pictures) => session.call('rawPixels', pictures));
  return nearestAccuracy(await pixels(train), train.labels, await pixels(heldOut), heldOut.labels);
}

async function embedAll(session: HarnessSession, files: readonly PictureFile[], embed: Embed): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const part = files.slice(at, at + AT_ONCE);
    const lent = await Promise.all(part.map(async (file) => ({ file: await sourceOf(file), name: file.path })));
    rows.push(...(await session.withPictures(lent, embed)));
  }
  return rows;
}

/** Share of the probes whose nearest gallery row, the first of equals, has their label. */
export function nearestAccuracy(
  gallery: readonly Float32Array[],
  labels: readonly number[],
  probes: readonly Float32Array[],
  wanted: readonly number[],
): number {
  let right = 0;
  for (const [i, probe] of probes.entries()) {
    let [label, least] = [-1, Infinity];
    for (const [j, row] of gallery.entries()) {
      const distance = euclidean(probe, row);
      if (distance < least) [label, least] = [labels[j]!, distance];
    }
    if (label === wanted[i]) right++;
  }
  return right / probes.length;
}

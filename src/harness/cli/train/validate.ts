import type { HarnessSession } from '../session';
import { sourceOf, type PictureFile } from '../pictures';
import { AT_ONCE } from './atOnce';
import { judgeLfw, type Lfw } from './lfw';
import { nearestAccuracy } from './nearest';
import type { Labelled } from './people';
import type { LfwPoint } from './epochs';

/** Embeds the validation's faces by whatever `embed` does with pictures. */
export async function lfwBy(
  session: HarnessSession,
  lfw: Lfw,
  crops: ReadonlyMap<PictureFile, PictureFile>,
  far: number,
  embed: (pictures: { url: string; name: string }[]) => Promise<{ columns: number; vectors: Uint8Array }>,
): Promise<LfwPoint['lfw']> {
  const here = lfw.files.flatMap((file, i) => {
    const crop = crops.get(file);
    return crop ? [{ name: lfw.names[i]!, crop }] : [];
  });
  const rows: Float32Array[] = [];
  let columns = 0;
  for (let at = 0; at < here.length; at += AT_ONCE) {
    const lent = await Promise.all(
      here.slice(at, at + AT_ONCE).map(async ({ name, crop }) => ({ name, file: await sourceOf(crop) })),
    );
    const part = await session.withPictures(lent, embed);
    columns = part.columns;
    rows.push(new Float32Array(part.vectors.slice().buffer));
  }
  const data = new Float32Array(here.length * columns);
  let at = 0;
  for (const row of rows) {
    data.set(row, at);
    at += row.length;
  }
  return judgeLfw(
    lfw,
    here.map(({ name }) => name),
    { columns, data },
    far,
  );
}

/** Accuracy of the nearest picture by its pixels; null where nobody judges who was taught. */
export async function rawAccuracy(session: HarnessSession, train: Labelled, heldOut: Labelled): Promise<number | null> {
  const taught = new Set(train.labels);
  if (!heldOut.labels.some((label) => taught.has(label))) return null;
  const pixels = async ({ files }: Labelled) => {
    const rows: Float32Array[] = [];
    for (let at = 0; at < files.length; at += AT_ONCE) {
      const part = await Promise.all(
        files.slice(at, at + AT_ONCE).map(async (file) => ({ file: await sourceOf(file), name: file.path })),
      );
      const { columns, vectors } = await session.withPictures(part, (pictures) =>
        session.call('rawPixels', { pictures }),
      );
      const numbers = new Float32Array(vectors.slice().buffer);
      for (let row = 0; row < part.length; row++) rows.push(numbers.subarray(row * columns, (row + 1) * columns));
    }
    return rows;
  };
  return nearestAccuracy(await pixels(train), train.labels, await pixels(heldOut), heldOut.labels);
}

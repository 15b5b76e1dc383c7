import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { PairList } from '../../../evaluate/pairs';
import { isPicturePath } from '../../../core/pictureFiles';
import { align, cropBases } from '../commands/align';
import type { PictureFile } from '../pictures';
import { findPictures } from '../run';
import type { Reporter } from '../reporter';
import { readLfw } from '../train/lfw';
import { writeWhole } from '../writeWhole';
import type { BackendChoice } from '../launch';

/** The original's training crops, of which the network sees 160 pixels. JPEG: a fifth of PNG's room. */
const CROPS = { size: 182, margin: 44, form: 'jpg' } as const;

/** Cuts the faces out of pictures, those done before kept; the crops' paths by picture. */
async function cropsIn(
  files: readonly PictureFile[],
  folder: string,
  backend: BackendChoice,
  reporter: Reporter,
): Promise<Map<PictureFile, string>> {
  await mkdir(folder, { recursive: true });
  await align(files, folder, { ...CROPS, backend }, reporter);
  const paths = [...cropBases(files, folder)].map(([file, base]) => [file, `${base}.${CROPS.form}`] as const);
  return new Map(paths.filter(([, path]) => existsSync(path)));
}

/** Crops of a training folder. Resolves to their number. */
export async function packTraining(
  from: string,
  folder: string,
  backend: BackendChoice,
  reporter: Reporter,
): Promise<number> {
  return (await cropsIn(await findPictures([from], reporter), folder, backend, reporter)).size;
}

/** Crops of the pictures that a list of pairs names, and the list of those pairs that have both, as a CSV. */
export async function packPairs(
  { lfw, pairs }: { readonly lfw: string; readonly pairs: string },
  to: { readonly crops: string; readonly pairs: string },
  backend: BackendChoice,
  reporter: Reporter,
): Promise<{ readonly pictures: number; readonly pairs: number; readonly left: number }> {
  const { list, names, files } = await readLfw(lfw, pairs);
  const crops = await cropsIn(files, to.crops, backend, reporter);
  const there = new Set(names.filter((_, i) => crops.has(files[i]!)));
  const kept = list.pairs.filter(({ a, b }) => there.has(a) && there.has(b));
  await writeWhole(to.pairs, pairsCsv(kept));
  return { pictures: crops.size, pairs: kept.length, left: list.pairs.length - kept.length };
}

function pairsCsv(pairs: PairList['pairs']): string {
  // Crops have an ending of their own: the names of this list are without.
  const plain = (name: string) => (isPicturePath(name) ? name.slice(0, name.lastIndexOf('.')) : name);
  const field = (name: string) => `"${plain(name).replaceAll('"', '""')}"`;
  const lines = pairs.map(({ a, b, same, fold }) => `${field(a)},${field(b)},${same ? 1 : 0},${fold}`);
  return `a,b,same,fold\n${lines.join('\n')}\n`;
}

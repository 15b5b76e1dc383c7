import { extname } from 'node:path';
import { badValue } from '../../../core/errors';
import { evaluatePairs } from '../../../evaluate/kfold';
import { parsePairs, type PairList } from '../../../evaluate/pairs';
import { namesOf } from '../../../evaluate/pictureNames';
import { rowPairs } from '../../../evaluate/rowPairs';
import { readText } from '../diskReason';
import { namedInFolder } from '../lfw/pictureSet';
import type { PictureFile } from '../pictures';
import type { LfwPoint } from './epochs';

/** The pictures and pairs of a validation. */
export interface Lfw {
  readonly list: PairList;
  readonly names: readonly string[];
  /** The pictures themselves, each called by its name in the list; those that cannot be read have their `problem`. */
  readonly files: readonly PictureFile[];
}

/** Sees that both flags were given, or neither. Throws `config/bad-value`. */
export function assertLfwPairs(lfw: string | undefined, pairs: string | undefined): void {
  if ((lfw === undefined) !== (pairs === undefined))
    throw badValue('--lfw', lfw ?? 'nothing', 'it goes together with --pairs');
}

/** Throws `evaluate/bad-pairs`, `evaluate/missing-pictures`, `harness/no-such-file`, `harness/no-files`. */
export async function readLfw(images: string, pairs: string): Promise<Lfw> {
  const list = parsePairs(await readText(pairs), pairs);
  const names = namesOf(list);
  const files = (await namedInFolder(names, { list: pairs, images })).map((file, i) => {
    const ending = extname(file.inside);
    return { ...file, inside: names[i]!.endsWith(ending) ? names[i]! : `${names[i]!}${ending}` };
  });
  return { list, names, files };
}

/** Accuracy and VAL of embeddings, a row for each of `names`; pairs of other pictures are left out. */
export function evaluateOn(
  { list }: Lfw,
  names: readonly string[],
  table: { readonly columns: number; readonly data: Float32Array },
  far: number,
): LfwPoint['lfw'] {
  const rowOf = new Map(names.map((name, row) => [name, row]));
  const pairs = rowPairs(list, (name) => rowOf.get(name));
  const options = { distance: 'euclidean', subtractMean: false, far } as const;
  const { accuracy, val } = evaluatePairs({ rows: names.length, ...table }, pairs, options);
  return { accuracy: accuracy.mean, val: val.mean, far, pairs: pairs.kept.length };
}

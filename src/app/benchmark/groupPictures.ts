import type { EngineState } from '../../client/types';
import { throwIfAborted } from '../../core/abort';
import { PersonNames, personFolder } from '../../core/classFolders';
import { knownScale } from '../../core/cohort';
import { FaceError, toFaceError } from '../../core/errors';
import { fileRole } from '../../core/pictureFiles';
import type { BiasOutput } from '../../evaluate/bias/biasOutput';
import type { BiasFace } from '../../evaluate/bias/stackFaces';
import type { PlacedFile } from '../shell/folderFiles';
import type { Measuring } from './measurement.svelte';

/** A picture of one person, in the folder of their group. */
export interface GroupPicture {
  readonly group: string;
  /** Its path below the chosen folder. */
  readonly name: string;
  readonly file: File;
}

/** The content of a folder with a folder for each group. */
export interface GroupPictures {
  /** In the order of their paths, including formats that browsers cannot read. */
  readonly pictures: readonly GroupPicture[];
  /** Paths of pictures outside of all groups. */
  readonly loose: readonly string[];
  /** Sentences about groups with several spellings. */
  readonly notes: readonly string[];
}

/** Sorts a folder's pictures by group, in the order of the command `bias`. */
export function groupPictures(files: readonly PlacedFile[]): GroupPictures {
  const names = new PersonNames();
  const pictures: GroupPicture[] = [];
  const loose: string[] = [];
  const parts = (path: string): string[] => path.split('/');
  for (const { path, file } of files.toSorted((a, b) => compareParts(parts(a.path), parts(b.path)))) {
    const role = fileRole(path);
    if (role !== 'picture' && role !== 'unreadable') continue;
    const folder = personFolder(path);
    if (folder === null) loose.push(path);
    else pictures.push({ group: names.of(folder), name: path, file });
  }
  return { pictures, loose, notes: names.notes('group') };
}

/** Compares paths folder by folder. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  const [x, y] = [a[at] ?? '', b[at] ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * The most probable face of each picture, as in the command `bias`. Pictures without a face, unreadable ones, and ones
 * that crash the worker are in `failed`. Throws `aborted` and what the model throws.
 */
export async function embedGroups(
  pictures: readonly GroupPicture[],
  { cohort }: Pick<EngineState, 'cohort'>,
  { client, signal, onProgress }: Measuring,
): Promise<{ readonly faces: BiasFace[]; readonly failed: BiasOutput['failed'] }> {
  const faces: BiasFace[] = [];
  const failed: BiasOutput['failed'][number][] = [];
  for (const [done, { group, name, file }] of pictures.entries()) {
    throwIfAborted(signal);
    onProgress({ stage: 'Embedding the faces', done, total: pictures.length, unit: 'pictures' });
    try {
      const found = await client.call('recognise', { picture: file, name, options: { faces: 'best' } }, { signal });
      const [face] = found.faces;
      if (!face) throw new FaceError('harness/no-face', { name });
      const scale = knownScale(cohort, face.embedding) ?? 1;
      faces.push({ group, name, vector: face.embedding.vector, scale });
    } catch (thrown) {
      const { code, message } = toFaceError(thrown);
      if (!code.startsWith('image/') && code !== 'harness/no-face' && code !== 'worker/crashed') throw thrown;
      failed.push({ picture: name, error: { code, message } });
    }
  }
  return { faces, failed };
}

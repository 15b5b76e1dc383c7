import { existsSync } from 'node:fs';
import { copyFile, open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '../../core/errors';
import { PRECISIONS, type Precision } from '../../core/types';
import { modelFileName } from '../../weights/files';
import { MODELS } from '../../weights/registry';
import { assertSameTrained } from '../../weights/sameTrained';
import { MAX_HEADER_BYTES, readInfo, readTrained, TRAINED_ID, type TrainedInfo } from '../../weights/trained';

/** A trained model's file in the models folder. */
export interface TrainedEntry {
  readonly info: TrainedInfo;
  readonly precision: Precision;
  readonly path: string;
  readonly bytes: number;
}

const NAME = /^trained-[0-9a-f]{16}\.(float32|float16|int8)\.safetensors$/;

/** Whether `id` can only name a model: a file from elsewhere that says so cannot have another file opened. */
export function isModelId(id: string): boolean {
  return TRAINED_ID.test(id) || MODELS.some((model) => model.id === id);
}

/**
 * What `--model` means: an id of the registry; a trained model's id, whose file of that precision (else the finest) is in
 * `folder`; or the path of such a file. Throws `harness/no-such-file`, `harness/not-a-file`; an unknown id is left to the worker to refuse.
 */
export async function chooseModel(
  asked: string,
  precision: Precision | undefined,
  folder: string,
): Promise<{ readonly model: string } | { readonly path: string }> {
  if (MODELS.some(({ id }) => id === asked)) return { model: asked };
  const order = precision ? [precision] : PRECISIONS;
  const added = order.map((each) => join(folder, modelFileName(asked, each)));
  if (TRAINED_ID.test(asked)) {
    const here = added.find((path) => existsSync(path));
    return here === undefined ? { model: asked } : { path: here };
  }
  const entry = await stat(asked).catch(() => null);
  if (entry?.isFile()) return { path: asked };
  if (entry) throw new FaceError('harness/not-a-file', { path: asked });
  if (asked.endsWith('.safetensors') || asked.includes('/'))
    throw new FaceError('harness/no-such-file', { path: asked });
  return { model: asked };
}

/** The trained models in the models folder, by id and from the finest precision on; unreadable files are left out. */
export async function trainedEntries(folder: string): Promise<TrainedEntry[]> {
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => NAME.test(name)).sort() : [];
  const entries: TrainedEntry[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const info = await describedBy(path);
    const precision = PRECISIONS.find((each) => name.includes(`.${each}.`))!;
    if (info) entries.push({ info, precision, path, bytes: (await stat(path)).size });
  }
  return entries.sort(
    (a, b) => a.info.id.localeCompare(b.info.id) || PRECISIONS.indexOf(a.precision) - PRECISIONS.indexOf(b.precision),
  );
}

async function describedBy(path: string): Promise<TrainedInfo | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0);
    return readInfo(new Uint8Array(buffer.subarray(0, bytesRead)), path);
  } catch {
    return null; // whoever asks for it by its path hears what is wrong
  } finally {
    await file.close();
  }
}

/** Adds a trained model's file to the folder. Throws as readTrained; `weights/id-taken`, `harness/no-such-file`. */
export async function addTrained(path: string, folder: string): Promise<TrainedInfo> {
  const entry = await stat(path).catch(() => null);
  if (!entry) throw new FaceError('harness/no-such-file', { path });
  if (!entry.isFile()) throw new FaceError('harness/not-a-file', { path });
  const bytes = new Uint8Array(await readFile(path));
  const { info, precision } = await readTrained(bytes, path);
  const own = (await trainedEntries(folder)).filter((each) => each.info.id === info.id);
  const file = async (wanted: Precision) => {
    const here = own.find((each) => each.precision === wanted);
    return here ? new Uint8Array(await readFile(here.path)) : null;
  };
  for (const each of own) await assertSameTrained({ info: each.info, file }, { info, precision }, bytes, path);
  const target = join(folder, modelFileName(info.id, precision));
  await copyFile(path, `${target}.part`);
  await rename(`${target}.part`, target);
  return info;
}

import { FaceError } from '../core/errors';
import { PRECISIONS, type BackendName, type Precision } from '../core/types';
import { download } from './download';
import { MANIFEST, modelFileName, readManifest } from './files';
import type { EmbedderRow, ModelRow } from './modelRow';
import { MOBILE_FACE_NET, FACENET, findEmbedder, MODELS } from './registry';
import { storedHashes } from './storage';
import type { TrainedInfo } from './trained';

/** A manifest lists a handful of names. */
const MAX_MANIFEST = 65_536;

/** Which files can be loaded, by model. */
export interface PresentFiles {
  /** In browser storage. */
  readonly stored: ReadonlyMap<string, readonly Precision[]>;
  /** In browser storage or in the models folder beside the page; finest first. */
  readonly all: ReadonlyMap<string, readonly Precision[]>;
  /** Models that were trained here, all of whose files are in browser storage. */
  readonly trained: readonly EmbedderRow[];
}

/** `files` and the models trained here; none of them can replace a published one. */
export function withTrained(files: PresentFiles, trained: readonly EmbedderRow[]): PresentFiles {
  const others = trained.filter(({ id }) => MODELS.every((model) => model.id !== id));
  const own = others.map(({ id, files: { ...here } }): [string, readonly Precision[]] => [
    id,
    PRECISIONS.filter((precision) => here[precision]),
  ]);
  return { stored: new Map([...files.stored, ...own]), all: new Map([...files.all, ...own]), trained: others };
}

/** Looks for model files at `modelsUrl` (the folder's whole address, with a slash at the end) and in browser storage. */
export async function findFiles(modelsUrl: string, signal?: AbortSignal): Promise<PresentFiles> {
  const [names, hashes, kept] = await Promise.all([
    listFolder(modelsUrl, signal),
    storedHashes('files'),
    storedHashes('kept'),
  ]);
  const find = (isHere: (id: string, precision: Precision, sha256: string) => boolean) =>
    new Map(
      MODELS.map(({ id, files }) => [
        id,
        PRECISIONS.filter((precision) => files[precision] && isHere(id, precision, files[precision].sha256)),
      ]),
    );
  return {
    stored: find((_, __, sha256) => hashes.has(sha256)),
    all: find(
      (id, precision, sha256) => hashes.has(sha256) || kept.has(sha256) || names.has(modelFileName(id, precision)),
    ),
    trained: [],
  };
}

/** The names that the folder's manifest lists; none where there is no such folder. */
async function listFolder(modelsUrl: string, signal?: AbortSignal): Promise<Set<string>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    for await (const { data } of download(modelsUrl + MANIFEST, MAX_MANIFEST, { signal })) parts.push(data);
  } catch (thrown) {
    // A manifest is shorter than the limit.
    if (!(thrown instanceof FaceError) || thrown.code === 'aborted') throw thrown;
    if (thrown.code !== 'weights/truncated') return new Set();
  }
  try {
    return new Set(readManifest(new Uint8Array(await new Blob(parts).arrayBuffer())));
  } catch {
    return new Set(); // a server that answers every address with its start page
  }
}

/** The embedder asked for, else FaceNet where a file of it is here, else MobileFaceNet. Throws `weights/unknown-model`. */
export function chooseEmbedder({ all, trained }: PresentFiles, asked?: string): EmbedderRow {
  if (asked !== undefined) return findEmbedder(asked, [...MODELS, ...trained]);
  return all.get(FACENET.id)?.length ? FACENET : MOBILE_FACE_NET;
}

const ORDER: Readonly<Record<BackendName, readonly Precision[]>> = {
  wasm: ['int8', 'float16', 'float32'],
  webgpu: ['float16', 'float32', 'int8'],
};

/**
 * The precision to load a model in. An embedder's is the one asked for (`weights/precision-missing` where it is not
 * here), else int8 on WASM and float16 on WebGPU, or what is here. The detector's is the one asked for where there is
 * such a file, else the finest. Throws `weights/not-found`, with the name of the file that would be taken, where no file
 * of the model is here.
 */
export function choosePrecision(
  row: ModelRow,
  { all }: PresentFiles,
  backend: BackendName,
  asked?: Precision,
): Precision {
  const present = all.get(row.id) ?? [];
  if (asked !== undefined && present.includes(asked)) return asked;
  if (asked !== undefined && row.kind === 'embedder') {
    throw new FaceError('weights/precision-missing', {
      model: row.title,
      precision: asked,
      present: present.join(', ') || 'none',
    });
  }
  const order = row.kind === 'embedder' ? ORDER[backend] : PRECISIONS;
  const chosen = order.find((precision) => present.includes(precision));
  if (!chosen) {
    const usual = order.find((precision) => precision in row.files) ?? order[0]!;
    throw new FaceError('weights/not-found', { file: modelFileName(row.id, usual) });
  }
  return chosen;
}

/** A model's place on this device, as the app shows it. */
export interface ModelPlace {
  readonly id: string;
  readonly title: string;
  readonly kind: ModelRow['kind'];
  readonly licence: string;
  readonly embeddingSize: number | null;
  readonly threshold: number | null;
  /** Of an embedder: a cohort evens its distances out over kinds of people. */
  readonly isEvenedOut: boolean | null;
  /** Of an embedder whose cohort was moved by training: rarer false-accept rates are estimated; else null. */
  readonly estimatedBelow: number | null;
  /** Precisions whose files are here, beside the page or in browser storage. */
  readonly present: readonly Precision[];
  /** Bytes that the download from upstream would take; 0 for a model that comes with the app. */
  readonly downloadBytes: number;
  readonly inBrowserStorage: boolean;
  /** Of a model that was trained with this program. */
  readonly trained: TrainedPlace | null;
}

export interface TrainedPlace extends Pick<TrainedInfo, 'createdAt' | 'base' | 'people' | 'width' | 'inputSize'> {
  /** It brings an embedding by which each start tests it. */
  readonly hasSelfTest: boolean;
}

export function modelPlace(row: ModelRow, { stored, all }: PresentFiles): ModelPlace {
  const embedder = row.kind === 'embedder' ? row : null;
  return {
    id: row.id,
    title: row.title,
    kind: row.kind,
    licence: row.licence,
    embeddingSize: embedder?.embeddingSize ?? null,
    threshold: embedder?.threshold ?? null,
    isEvenedOut: embedder ? embedder.cohort !== undefined : null,
    estimatedBelow: embedder?.cohort && 'own' in embedder.cohort ? embedder.cohort.estimatedBelow : null,
    present: all.get(row.id) ?? [],
    downloadBytes: row.npm === undefined ? row.sources.reduce((sum, { bytes }) => sum + bytes, 0) : 0,
    inBrowserStorage: (stored.get(row.id) ?? []).length > 0,
    trained: trainedPlace(embedder),
  };
}

function trainedPlace(row: EmbedderRow | null): TrainedPlace | null {
  if (!row?.trained) return null;
  const { createdAt, base, people, selfTest } = row.trained;
  return { createdAt, base, people, hasSelfTest: selfTest !== null, width: row.width ?? 1, inputSize: row.inputSize };
}

import * as v from 'valibot';
import { between, describeProblem, finite, parseWith, whole } from '../core/parse';
import { sha256 } from '../core/sha256';
import { CROP_KINDS, type Precision } from '../core/types';
import type { Weights } from '../core/weights';
import { badFormat } from './formats/array';
import { parseJson } from './formats/json';
import { dataStart, readMetadata, readSafetensors, withMetadata } from './formats/safetensors';
import { scaledCalibration, thresholdAt } from './calibration';
import type { EmbedderRow, ModelRow } from './modelRow';
import { FACENET, findEmbedder, MODELS } from './registry';
import {
  CALIBRATION,
  cohortOfOld,
  isCohortOf,
  TRAINED_COHORT,
  trainedCohortRow,
  type TrainedCohort,
} from './trainedCohort';
import { COHORT_CENTRES, ownCohort } from './cohorts';
import { verifyBytes } from './verify';

/** What a trained model's id looks like. */
export const TRAINED_ID = /^trained-[0-9a-f]{16}$/;

const KEY = 'facenet-web';
const HASH = 'data-sha256';
/** Of two embeddings of length 1. */
const MAX_DISTANCE = 2;
/** No safetensors header of ours is longer. */
export const MAX_HEADER_BYTES = 8 + (1 << 20);
/** Float32 Inception-ResNet-v1 with a large head takes a quarter of this. */
export const MAX_TRAINED_BYTES = 512 << 20;
/** What an unfolded network's file has, too. */
export const HEAD_NAMES: readonly string[] = ['Logits/weights', 'Logits/biases'];

const words = (longest = 500) => v.pipe(v.string(), v.maxLength(longest));

/**
 * A model trained here or elsewhere with this program: one safetensors file that says itself, in its metadata, what the
 * registry's row says of a published model.
 */
const FIELDS = v.object({
  /** `trained-` and 16 hexadecimal digits: of the float32 weights' SHA-256, the same for each precision. */
  id: v.pipe(v.string(), v.regex(TRAINED_ID)),
  title: words(100),
  /** Milliseconds since 1970. */
  createdAt: between(0, 8.64e15),
  /** The registry's model that it was trained from; null from scratch. */
  base: v.nullable(words()),
  /** Of the training run. */
  run: v.nullable(words()),
  architecture: v.literal('inceptionResnetV1'),
  /** Share of the original's channels. */
  width: between(0.01, 4),
  embeddingSize: whole(1, 4096),
  inputSize: whole(75, 1024),
  standardisation: v.object({
    mean: v.pipe(v.strictTuple([finite, finite, finite]), v.readonly()),
    divisor: v.pipe(finite, v.gtValue(0)),
  }),
  crop: v.picklist(CROP_KINDS),
  normalised: v.boolean(),
  threshold: between(0, 100),
  defaultFar: between(1e-9, 0.999),
  /** Of plain distances. */
  calibration: CALIBRATION,
  /** By which its distances are evened out; null: plain distances decide. Absent in files of the version that knew no cohorts. */
  cohort: v.exactOptional(v.nullable(TRAINED_COHORT)),
  licence: words(),
  credit: words(),
  /** Float32 embedding of the drawn face of the self-test; null where nobody has computed it. */
  selfTest: v.nullable(v.pipe(v.array(finite), v.readonly())),
  /** Whom the head in the file names, by row; none without a head. */
  people: v.pipe(v.array(words()), v.readonly()),
});
export type TrainedInfo = Readonly<v.InferOutput<typeof FIELDS>>;

/** The description alone, of a record that keeps more beside it. */
export function infoOf(record: TrainedInfo): TrainedInfo {
  const fields = Object.entries(record).filter(([key]) => key in FIELDS.entries);
  return Object.fromEntries(fields) as unknown as TrainedInfo;
}

/** The one check of a trained model's description, in its file as in a backup. */
export const TRAINED_INFO = v.pipe(
  FIELDS,
  v.forward(
    v.check(({ threshold, normalised }) => !normalised || threshold <= MAX_DISTANCE, 'everybody would be everybody'),
    ['threshold'],
  ),
  v.forward(
    v.check(({ selfTest, embeddingSize }) => !selfTest || selfTest.length === embeddingSize, 'of another length'),
    ['selfTest'],
  ),
  v.forward(
    v.check(({ cohort, embeddingSize }) => !cohort || isCohortOf(cohort, embeddingSize), 'none of this model'),
    ['cohort'],
  ),
);

/** What is known of a model that was just trained, beside its weights. */
export interface TrainedDetails extends Pick<
  TrainedInfo,
  'title' | 'createdAt' | 'base' | 'run' | 'width' | 'embeddingSize' | 'inputSize' | 'crop' | 'selfTest' | 'people'
> {
  /**
   * The distance that keeps to a false-accept rate, as measured: the base's calibration (FaceNet's, from scratch) is
   * scaled to it. Null where embeddings are the base's own, because only a head was trained. Plain distances.
   */
  readonly measured: { readonly far: number; readonly threshold: number; readonly impostors: number } | null;
  /** By which distances are evened out; the centres of an own cohort are among the weights. */
  readonly cohort: TrainedCohort | null;
}

export interface TrainedFile {
  readonly info: TrainedInfo;
  /** Of the kernels. */
  readonly precision: Precision;
  /** The network's, and the head's where there is one. */
  readonly weights: Weights;
}

/** The id of a model whose float32 safetensors file is `bytes`, whatever its metadata. */
export async function trainedId(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `trained-${(await dataHash(bytes)).slice(0, 16)}`;
}

/**
 * The description of a model whose float32 safetensors file is `bytes`; its base is one of `models`. Throws
 * `config/bad-value` for a rate outside 0…1, `weights/unknown-model`.
 */
export async function trainedInfo(
  bytes: Uint8Array<ArrayBuffer>,
  { measured, ...details }: TrainedDetails,
  models: readonly ModelRow[] = MODELS,
): Promise<TrainedInfo> {
  const base = details.base === null ? null : findEmbedder(details.base, models);
  const like = base ?? FACENET;
  const calibration = measured
    ? scaledCalibration(like.calibration, measured.far, measured.threshold, measured.impostors)
    : like.calibration;
  const { defaultFar, standardisation, normalised } = like;
  return {
    ...details,
    id: await trainedId(bytes),
    architecture: 'inceptionResnetV1',
    standardisation,
    normalised,
    threshold: measured
      ? Math.min(thresholdAt({ calibration }, defaultFar), normalised ? MAX_DISTANCE : Infinity)
      : like.threshold,
    defaultFar,
    calibration,
    licence: base
      ? `as that of ${base.title}, and as your pictures allow: ${base.licence}`.slice(0, 500)
      : 'as your pictures allow',
    credit: base
      ? `trained with facenet-web from ${base.title}; ${base.credit}`.slice(0, 500)
      : 'trained with facenet-web',
  };
}

/** The file with its description, in place of any that it had. */
export async function describeTrained(
  bytes: Uint8Array<ArrayBuffer>,
  info: TrainedInfo,
): Promise<Uint8Array<ArrayBuffer>> {
  const metadata = [
    ['format', KEY],
    [KEY, JSON.stringify(info)],
    [HASH, await dataHash(bytes)],
  ] as const;
  return withMetadata(bytes, new Map(metadata), info.title);
}

/** Whether the beginning of a file (its header at least, where there is one) is a trained model's. Throws nothing. */
export function isTrainedFile(beginning: Uint8Array): boolean {
  try {
    return readMetadata(beginning, '').has(KEY);
  } catch {
    return false;
  }
}

/**
 * Reads and checks a whole file: description, bytes (their SHA-256 is in it), weights and an own cohort; the names and shapes
 * that the network needs are checked when it is built. Throws `weights/bad-format`, `weights/truncated`, `weights/oversized`,
 * `weights/hash-mismatch`.
 */
export async function readTrained(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<TrainedFile> {
  const info = readInfo(bytes, file);
  const weights = readSafetensors(bytes, file);
  const data = bytes.slice(dataStart(bytes, file));
  const expected = readMetadata(bytes, file).get(HASH);
  if (expected === undefined) throw badFormat(file, 'it does not say which bytes it should hold');
  await verifyBytes(data, { bytes: data.length, sha256: expected }, file);
  for (const [name, tensor] of weights) {
    const isSound =
      tensor.dtype === 'float16'
        ? tensor.data.every(isFiniteHalf)
        : (tensor.dtype === 'int8' ? tensor.scale : tensor.data).every(Number.isFinite);
    if (!isSound) throw badFormat(file, `${name} holds what is no number`);
  }
  ownCohort(trainedRow(info, {}), weights, file);
  const kinds = new Set(
    [...weights].flatMap(([name, { dtype, shape }]) => (shape.length > 1 && name !== COHORT_CENTRES ? [dtype] : [])),
  );
  const precision = kinds.has('int8') ? 'int8' : kinds.has('float16') ? 'float16' : 'float32';
  return { info, precision, weights };
}

/** Not finite: infinity or no number, all bits of its exponent being set. */
const isFiniteHalf = (half: number): boolean => (half & 0x7c00) !== 0x7c00;

/** What the file says of its weights' SHA-256, which `readTrained` has compared with them; null where it says nothing. */
export function dataHashOf(bytes: Uint8Array, file: string): string | null {
  return readMetadata(bytes, file).get(HASH) ?? null;
}

/** The description alone; `bytes` may end after the header. Throws `weights/bad-format`, `weights/truncated`. */
export function readInfo(bytes: Uint8Array, file: string): TrainedInfo {
  const text = readMetadata(bytes, file).get(KEY);
  if (text === undefined) throw badFormat(file, 'it does not describe itself: it was not trained with this program');
  return parseWith(TRAINED_INFO, parseJson(new TextEncoder().encode(text), file), (problem) =>
    badFormat(file, `its description is damaged (${describeProblem(problem)})`),
  );
}

/** What the registry would say of it. `files`: bytes and SHA-256 of each file that is here. */
export function trainedRow(info: TrainedInfo, files: EmbedderRow['files']): EmbedderRow {
  const { createdAt, base, run, people, selfTest, cohort: given, ...row } = info;
  const cohort =
    given === undefined ? cohortOfOld(info) : given && trainedCohortRow(info.id, given, info.embeddingSize);
  const trained = { createdAt, base, run, people, selfTest };
  return { ...row, kind: 'embedder', sources: [], files, ...(cohort && { cohort }), trained };
}

async function dataHash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return sha256(bytes.slice(dataStart(bytes, 'model')));
}

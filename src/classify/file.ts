import { fromBase64, toBase64 } from '../core/base64';
import { normalisedDistance } from '../core/cohort';
import { FaceError } from '../core/errors';
import { CLASSIFIER_KINDS, classify, type Classifier, type ClassifierKind } from './classifier';
import { coefficientCount } from './pairwiseSvm';
import type { Samples } from './samples';

/** A classifier and the embedder that its faces are of (registry id). */
export interface TrainedClassifier {
  readonly model: string;
  readonly classifier: Classifier;
}

export interface NamedFace {
  /** Null: unknown. */
  readonly name: string | null;
  /** The most probable person, known or not. */
  readonly nearest: string;
  readonly probability: number;
  /** Plain Euclidean, to the face of that person that decides. */
  readonly distance: number;
  /** Evened out over kinds of faces. */
  readonly normalised: number;
}

/** A face's numbers, and what its distances are multiplied by. */
interface ScaledFace {
  readonly vector: ArrayLike<number>;
  readonly scale: number;
}

/**
 * Names a face: the most probable person, but unknown when none of their faces is within `threshold`, a normalised distance.
 * `scales`: of the classifier's samples.
 */
export function nameFace(
  { classifier }: Pick<TrainedClassifier, 'classifier'>,
  scales: ArrayLike<number>,
  { vector, scale }: ScaledFace,
  threshold: number,
): NamedFace {
  const { best, probability } = classify(classifier, vector);
  const { size, vectors, labels, classes } = classifier.samples;
  let [distance, normalised] = [Infinity, Infinity];
  for (const [i, label] of labels.entries()) {
    if (label !== best) continue;
    let sum = 0;
    for (let k = 0; k < size; k++) sum += (vectors[i * size + k]! - vector[k]!) ** 2;
    const own = Math.sqrt(sum);
    const even = normalisedDistance(own, scales[i]!, scale);
    if (even < normalised) [distance, normalised] = [own, even];
  }
  const nearest = classes[best]!;
  return { name: normalised <= threshold ? nearest : null, nearest, probability, distance, normalised };
}

const FORMAT = 'facenet-web classifier';
const VERSION = 1;

/** The file's text: JSON, its numbers as base64 of little-endian floats. */
export function writeClassifier({
  model,
  classifier: { kind, samples, parameters, slope },
}: TrainedClassifier): string {
  const { classes, size, labels, vectors } = samples;
  return JSON.stringify({
    format: FORMAT,
    version: VERSION,
    model,
    kind,
    slope,
    classes,
    size,
    labels: [...labels],
    parameters: toBase64(parameters),
    vectors: toBase64(vectors),
  });
}

/** A registry's id is of such characters; nothing that could be a path, a drive or a server's name. */
const MODEL_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads what `writeClassifier` wrote, every part checked. `file` is for messages. Throws `classify/bad-file`. */
export function readClassifier(text: string, file: string): TrainedClassifier {
  const fail = (reason: string): never => {
    throw new FaceError('classify/bad-file', { file, reason });
  };
  const content = parse(text) ?? fail('it is not JSON');
  if (content['format'] !== FORMAT) fail('it was not written by this program');
  if (content['version'] !== VERSION) fail(`its version is ${String(content['version'])}, known is ${VERSION}`);
  const { model, kind, slope, classes, size, labels } = content;
  if (typeof model !== 'string' || !MODEL_ID.test(model)) return fail('it names no model');
  if (!isKind(kind)) return fail('its kind is not known');
  if (typeof slope !== 'number' || !Number.isFinite(slope) || slope <= 0) return fail('its slope is wrong');
  if (!isList(classes, (name) => typeof name === 'string') || classes.length < 2) return fail('it names no people');
  if (new Set(classes).size !== classes.length) return fail('two of its people have the same name');
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > 65_536)
    return fail('its size is wrong');
  const inRange = (label: unknown): boolean =>
    Number.isInteger(label) && Number(label) >= 0 && Number(label) < classes.length;
  if (!isList(labels, inRange)) return fail('its labels are wrong');
  const numbers = (key: string, count: number): Float32Array => {
    const value = content[key];
    const bytes = typeof value === 'string' ? fromBase64(value) : null;
    if (bytes?.length !== 4 * count) return fail(`its ${key} are cut off`);
    const read = new Float32Array(bytes.buffer);
    return read.every(Number.isFinite) ? read : fail(`some of its ${key} are not finite`);
  };
  const samples: Samples = {
    count: labels.length,
    size,
    vectors: numbers('vectors', labels.length * size),
    labels: Int32Array.from(labels, Number),
    classes: classes.map(String),
  };
  if (new Set(samples.labels).size !== classes.length) fail('some of its people have no face');
  const parameters = numbers('parameters', kind === 'svm' ? coefficientCount(samples) : classes.length * (size + 1));
  return { model, classifier: { kind, samples, parameters, slope } };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function isKind(value: unknown): value is ClassifierKind {
  return CLASSIFIER_KINDS.some((kind) => kind === value);
}

function isList(value: unknown, fits: (entry: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(fits);
}

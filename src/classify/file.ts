import * as v from 'valibot';
import { fromBase64, toBase64 } from '../core/base64';
import { normalisedDistance } from '../core/cohort';
import { FaceError } from '../core/errors';
import { parseWith } from '../core/parse';
import { CLASSIFIER_KINDS, classify, type Classifier } from './classifier';
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

/** A face's embedding, and the factor of its distances. */
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

const isWhole = (value: unknown, least: number, most: number) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
const people = 'it names no people';
const FILE = v.object({
  format: v.literal(FORMAT, 'it was not written by this program'),
  version: v.literal(VERSION, ({ received }) => `its version is ${received}, known is ${VERSION}`),
  /** Only a registry id's characters: nothing that could be a path, a drive or a server's name. */
  model: v.pipe(v.string('it names no model'), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'it names no model')),
  kind: v.picklist(CLASSIFIER_KINDS, 'its kind is not known'),
  slope: v.pipe(v.number('its slope is wrong'), v.finite('its slope is wrong'), v.gtValue(0, 'its slope is wrong')),
  classes: v.pipe(
    v.array(v.string(people), people),
    v.minLength(2, people),
    v.check((names) => new Set(names).size === names.length, 'two of its people have the same name'),
  ),
  size: v.custom<number>((value) => isWhole(value, 1, 65_536), 'its size is wrong'),
  labels: v.custom<readonly number[]>(Array.isArray, 'its labels are wrong'),
  parameters: v.string('its parameters are cut off'),
  vectors: v.string('its vectors are cut off'),
});
/** What is missing is null, so that each key has its own words for it. */
const NOTHING = Object.fromEntries(Object.keys(FILE.entries).map((key) => [key, null]));
const CONTENT = v.pipe(
  v.string(),
  v.parseJson({}, 'it is not JSON'),
  v.record(v.string(), v.unknown(), 'it was not written by this program'),
  v.transform((content) => ({ ...NOTHING, ...content })),
  FILE,
);

/** Reads what `writeClassifier` wrote, every part checked. `file` is for messages. Throws `classify/bad-file`. */
export function readClassifier(text: string, file: string): TrainedClassifier {
  const bad = (reason: string) => new FaceError('classify/bad-file', { file, reason });
  const content = parseWith(CONTENT, text, ({ reason }) => bad(reason));
  const { model, kind, slope, classes, size } = content;
  if (!content.labels.every((label) => isWhole(label, 0, classes.length - 1))) throw bad('its labels are wrong');
  const labels = Int32Array.from(content.labels);
  if (new Set(labels).size !== classes.length) throw bad('some of its people have no face');
  const numbers = (key: 'vectors' | 'parameters', count: number): Float32Array => {
    const bytes = fromBase64(content[key]);
    if (bytes?.length !== 4 * count) throw bad(`its ${key} are cut off`);
    const read = new Float32Array(bytes.buffer);
    if (!read.every(Number.isFinite)) throw bad(`some of its ${key} are not finite`);
    return read;
  };
  const vectors = numbers('vectors', labels.length * size);
  const samples: Samples = { count: labels.length, size, vectors, labels, classes };
  const parameters = numbers('parameters', kind === 'svm' ? coefficientCount(samples) : classes.length * (size + 1));
  return { model, classifier: { kind, samples, parameters, slope } };
}

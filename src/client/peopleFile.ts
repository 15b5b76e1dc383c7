/** People as JSON: what `people.toJSON()` gives, and the check of what `people.fromJSON()` is given. */
import * as v from 'valibot';
import { fromBase64, toBase64 } from '../core/base64';
import { FaceError } from '../core/errors';
import { personKey, tidyName } from '../core/names';
import { describeProblem, finite, parseWith } from '../core/parse';
import type { Embedding, StoredCrop } from '../core/types';

/** A face by which a person is known. */
export interface KnownFace {
  readonly embedding: Embedding;
  /** From which every model's own crop can be cut, so that the face outlives a change of model; null where it is not kept. */
  readonly crop: KeptCrop | null;
}

/** A stored crop whose picture is in memory as bytes. */
export interface KeptCrop extends Omit<StoredCrop, 'picture'> {
  readonly picture: Uint8Array<ArrayBuffer>;
  /** Its MIME type. */
  readonly type: string;
}

export interface KnownPerson {
  readonly name: string;
  readonly faces: readonly KnownFace[];
}

const bytes = v.pipe(
  v.string(),
  v.transform(fromBase64),
  v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array, 'it is not base64'),
);
const vector = v.pipe(
  bytes,
  v.check(({ length }) => length > 0 && length % 4 === 0 && length <= 4 * 4096, 'it has no length of an embedding'),
  v.transform(({ buffer }) => new Float32Array(buffer)),
  v.check((numbers) => numbers.every(Number.isFinite), 'it has a number that is not finite'),
);
const point = v.object({ x: finite, y: finite });
const crop = v.object({
  picture: bytes,
  type: v.pipe(v.string(), v.regex(/^image\/[a-z]+$/, 'it is not the type of a picture')),
  scale: v.pipe(finite, v.gtValue(0), v.maxValue(1)),
  detection: v.object({
    box: v.object({ x0: finite, y0: finite, x1: finite, y1: finite }),
    score: finite,
    points: v.strictTuple([point, point, point, point, point]),
  }),
});
const face = v.object({
  model: v.pipe(v.string(), v.nonEmpty()),
  vector,
  cohortMean: v.optional(v.object({ cohort: v.string(), mean: finite })),
  crop: v.nullable(crop),
});
const name = v.pipe(
  v.string(),
  v.transform(tidyName),
  v.check((text) => personKey(text) !== '' && text.length <= 100, 'a name has between 1 and 100 characters'),
);
const people = v.object({
  version: v.literal(1),
  people: v.array(v.object({ name, faces: v.array(face) })),
});

/** Vectors (float32, little-endian) and pictures are base64. */
export type PeopleJson = v.InferInput<typeof people>;

export function peopleJson(all: readonly KnownPerson[]): PeopleJson {
  return { version: 1, people: all.map(({ name, faces }) => ({ name, faces: faces.map(faceJson) })) };
}

function faceJson({
  embedding: { modelId, vector, cohortMean },
  crop,
}: KnownFace): PeopleJson['people'][0]['faces'][0] {
  return {
    model: modelId,
    vector: toBase64(vector),
    ...(cohortMean && { cohortMean: { ...cohortMean } }),
    crop: crop && {
      picture: toBase64(crop.picture),
      type: crop.type,
      scale: crop.scale,
      detection: structuredClone(crop.detection) as Mutable<KeptCrop['detection']>,
    },
  };
}

/** Throws `people/bad-json` with the place and the reason. */
export function readPeople(value: unknown): KnownPerson[] {
  const file = parseWith(
    people,
    value,
    (problem) => new FaceError('people/bad-json', { reason: describeProblem(problem) }),
  );
  return file.people.map(({ name, faces }) => ({
    name,
    faces: faces.map(({ model, vector, cohortMean, crop }) => ({
      embedding: { modelId: model, vector, ...(cohortMean && { cohortMean }) },
      crop,
    })),
  }));
}

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

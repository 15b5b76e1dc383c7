/** The JSON of a backup's records: whoever has the passphrase can write any, so each field has its range. */
import * as v from 'valibot';
import { ERROR_TEXT, type ErrorCode } from '../../core/errors';
import { tidyName } from '../../core/names';
import { between, finite, whole } from '../../core/parse';
import { PRECISIONS } from '../../core/types';
import { MAX_TRAINED_BYTES, TRAINED_INFO } from '../../weights/trained';
import { isName } from '../names';
import type { TrainRunStatus } from '../trainSchema';

/** Reports and plots are JSON. */
const MAX_JSON_TEXT = 1 << 22;
/** Paths below a folder; the longest are those of archives, 65,535 bytes. */
const MAX_PATH = 70_000;
/** A path in a sentence or after a folder's id. */
const MAX_SENTENCE = MAX_PATH + 1000;
/** The app keeps 500 of a folder. */
const MOST_SENTENCES = 10_000;

/** The runs that a backup holds: one that is not decided needs its checkpoint and pictures, which stay on this device. */
export const DECIDED: readonly TrainRunStatus[] = ['accepted', 'discarded', 'failed'];

const count = (most = 1e9) => whole(0, most);
/** Milliseconds since 1970, as far as dates go. */
const date = between(-8.64e15, 8.64e15);
/** Pixels of a picture, which a face may overlap. */
const coordinate = between(-1e6, 1e6);
const text = (most = 1000) => v.pipe(v.string(), v.maxLength(most));
const id = v.pipe(text(), v.nonEmpty());
const isJson = (given: string): boolean => {
  try {
    JSON.parse(given);
    return true;
  } catch {
    return false;
  }
};
/** A field that the app parses when it shows it. */
const jsonText = v.pipe(text(MAX_JSON_TEXT), v.check(isJson, 'it is not JSON'));
/** What the app writes; an SVG, for one, is a document. */
const imageType = v.picklist(['image/png', 'image/jpeg', 'image/webp'], 'it is no picture');

const point = v.object({ x: coordinate, y: coordinate });
const box = v.pipe(
  v.object({ x0: coordinate, y0: coordinate, x1: coordinate, y1: coordinate }),
  v.check(({ x0, y0, x1, y1 }) => x0 <= x1 && y0 <= y1, 'it is turned inside out'),
);
const score = between(0, 1.001);
const quality = v.object({ size: between(0, 1e6), sharpness: between(0, 1e9), brightness: between(0, 255) });
/** A stored crop without its picture. */
const crop = v.object({
  scale: between(1e-6, 1e6),
  type: imageType,
  detection: v.object({ box, score, points: v.strictTuple([point, point, point, point, point]) }),
});
/** An embedding without its numbers. Backups of earlier versions have no cohort means. */
const embedding = {
  modelId: text(),
  vectorLength: v.pipe(count(1 << 21), v.minValue(1)),
  cohortMean: v.optional(v.nullable(v.object({ cohort: id, mean: between(-1, 1) })), null),
};

const person = v.object({
  id,
  name: v.pipe(text(), v.transform(tidyName), v.check(isName, 'it is not a name')),
  createdAt: date,
});

const face = v.object({
  id,
  personId: id,
  createdAt: date,
  quality,
  source: v.object({ kind: v.picklist(['picture', 'camera', 'sample']), name: text() }),
  crop,
  ...embedding,
});

/** Settings of later versions are left out, missing ones keep their defaults. */
const settings = v.object({
  model: v.exactOptional(v.nullable(text())),
  backend: v.exactOptional(v.picklist(['auto', 'wasm', 'webgpu'])),
  precision: v.exactOptional(v.picklist(['auto', ...PRECISIONS])),
  far: v.exactOptional(v.nullable(between(1e-9, 0.999))),
  mirrorCamera: v.exactOptional(v.boolean()),
});

const sentence = text(MAX_SENTENCE);
const counts = v.record(text(), count());
const report = v.object({
  problem: v.nullable(sentence),
  skipped: v.pipe(v.array(sentence), v.maxLength(MOST_SENTENCES)),
  skippedTotal: count(),
  places: count(),
  kinds: counts,
  system: count(),
  others: counts,
});
/** Handles stay on the device that gave them: elsewhere the pictures have to be handed over again. */
const folder = v.pipe(
  v.object({
    id,
    name: text(),
    turned: v.boolean(),
    unfinished: v.boolean(),
    createdAt: date,
    // Null of a folder that has not been searched to its end; backups of earlier versions have none at all.
    report: v.optional(v.nullable(report), null),
  }),
  v.transform(({ report, ...rest }) => ({ ...rest, kind: 'given' as const, ...(report && { report }) })),
);

const errorCode = v.picklist(Object.keys(ERROR_TEXT) as ErrorCode[]);
const photo = v.pipe(
  v.object({
    id: sentence,
    folderId: id,
    path: text(MAX_PATH),
    size: count(Number.MAX_SAFE_INTEGER),
    modified: date,
    // Backups of earlier versions have neither of these two.
    sha256: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))), null),
    lookedTurned: v.optional(v.boolean(), false),
    takenAt: date,
    width: count(),
    height: count(),
    error: v.nullable(v.object({ code: v.fallback(errorCode, 'image/unreadable'), message: sentence })),
  }),
  v.check((given) => given.id === `${given.folderId}/${given.path}`, 'a picture is of no folder'),
);

const photoFace = v.object({
  id,
  photoId: sentence,
  box,
  score,
  quality,
  personId: v.nullable(id),
  confirmed: v.boolean(),
  group: v.nullable(id),
});

const run = v.object({
  id,
  title: text(200),
  createdAt: date,
  updatedAt: date,
  status: v.picklist(DECIDED),
  step: count(),
  epoch: between(0, 1e9),
  plan: jsonText,
  history: jsonText,
  report: v.nullable(jsonText),
  modelId: v.nullable(id),
  failure: v.nullable(text(5000)),
});

const file = v.object({ bytes: finite, sha256: text() });
/** A model's record: the description that its file holds (checkModels.ts compares the two), and what only the store keeps. */
const model = v.intersect([
  TRAINED_INFO,
  v.object({
    folded: v.boolean(),
    report: v.nullable(jsonText),
    files: v.object({
      float32: v.exactOptional(file),
      float16: v.exactOptional(file),
      int8: v.exactOptional(file),
    }),
  }),
]);

const kind = <K extends string, E extends v.ObjectEntries>(name: K, entries: E) =>
  v.object({ kind: v.literal(name), ...entries });
/** Version 1 counted people and faces alone. */
const counted = v.optional(count(), 0);

/** A record's JSON; what some have in bytes besides is in records.ts. */
export const RecordJson = v.variant(
  'kind',
  [
    kind('about', { createdAt: date }),
    kind('settings', { settings }),
    kind('person', { person }),
    kind('face', { face }),
    kind('folder', { folder }),
    kind('photo', { photo, thumbnail: v.nullable(v.object({ type: imageType })) }),
    kind('photoFace', { face: photoFace, crop, ...embedding }),
    kind('run', { run }),
    kind('file', {
      modelId: id,
      precision: v.picklist(PRECISIONS),
      bytes: whole(1, MAX_TRAINED_BYTES),
    }),
    kind('part', {}),
    kind('model', { model }),
    kind('end', {
      people: count(),
      faces: count(),
      folders: counted,
      photos: counted,
      photoFaces: counted,
      runs: counted,
      models: counted,
    }),
  ],
  'it is of an unknown kind',
);
export type RecordJson = v.InferOutput<typeof RecordJson>;

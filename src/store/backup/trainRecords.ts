/** The records of a backup that trainings left: runs that are decided, and models, each behind its files. */
import { PRECISIONS, type CropKind, type Precision } from '../../core/types';
import { readTrainedCohort } from '../../weights/trainedCohort';
import type { TrainedModelRecord, TrainRunRecord, TrainRunStatus } from '../trainSchema';
import {
  between,
  count,
  date,
  flag,
  id,
  list,
  number,
  object,
  oneOf,
  orNull,
  text,
  type Bytes,
  type Fields,
} from './fields';

/** Bytes of a model's file in one record. */
export const PART_BYTES = 1 << 20;
/** Of one file; a float32 network with a large head takes a quarter. */
const MAX_FILE_BYTES = 512 << 20;
/** Reports and plots are JSON. */
const MAX_JSON_TEXT = 1 << 22;
const CROPS: readonly CropKind[] = ['facenet', 'facenet-pytorch', 'arcface', 'similarity'];

/** What of a run outlives a backup: one that is not decided needs its checkpoint and pictures, which stay here. */
export const DECIDED: readonly TrainRunStatus[] = ['accepted', 'discarded', 'failed'];

export type TrainRecords =
  | { readonly kind: 'run'; readonly run: TrainRunRecord }
  | { readonly kind: 'file'; readonly modelId: string; readonly precision: Precision; readonly bytes: number }
  | { readonly kind: 'part'; readonly bytes: Bytes }
  | { readonly kind: 'model'; readonly model: TrainedModelRecord };

/** A record's JSON and the bytes behind it. */
export function encodeTraining(record: TrainRecords): { readonly json: unknown; readonly body: Bytes } {
  if (record.kind === 'part') return { json: { kind: 'part' }, body: record.bytes };
  return { json: record, body: new Uint8Array(0) };
}

/** The record of that kind, or null where it is none of these. Throws an Error that says what is wrong. */
export function parseTraining(value: Fields, body: Bytes): TrainRecords | null {
  switch (value['kind']) {
    case 'run':
      return { kind: 'run', run: parseRun(object(value['run'])) };
    case 'file': {
      const bytes = number(value['bytes']);
      if (!Number.isInteger(bytes) || bytes < 1 || bytes > MAX_FILE_BYTES) throw new Error('a model is too large');
      return { kind: 'file', modelId: id(value['modelId']), precision: oneOf(value['precision'], PRECISIONS), bytes };
    }
    case 'part':
      return { kind: 'part', bytes: body };
    case 'model':
      return { kind: 'model', model: parseModel(object(value['model'])) };
    default:
      return null;
  }
}

function jsonText(value: unknown): string {
  const given = text(value, MAX_JSON_TEXT);
  JSON.parse(given); // throws where the app could not read it
  return given;
}

function parseRun(value: Fields): TrainRunRecord {
  return {
    id: id(value['id']),
    title: text(value['title'], 200),
    createdAt: date(value['createdAt']),
    updatedAt: date(value['updatedAt']),
    status: oneOf(value['status'], DECIDED),
    step: count(value['step']),
    epoch: between(value['epoch'], 0, 1e9),
    plan: jsonText(value['plan']),
    history: jsonText(value['history']),
    report: orNull(value['report'], jsonText),
    modelId: orNull(value['modelId'], id),
    failure: orNull(value['failure'], (given) => text(given, 5000)),
  };
}

function parseModel(value: Fields): TrainedModelRecord {
  const standardisation = object(value['standardisation']);
  const [r, g, b, ...more] = list(standardisation['mean']).map(number);
  if (r === undefined || g === undefined || b === undefined || more.length > 0) throw new Error('a mean is missing');
  const files: TrainedModelRecord['files'] = {};
  const given = object(value['files']);
  for (const precision of PRECISIONS) {
    if (given[precision] === undefined) continue;
    const { bytes, sha256 } = object(given[precision]);
    files[precision] = { bytes: number(bytes), sha256: text(sha256) };
  }
  const embeddingSize = number(value['embeddingSize']);
  const noCohort = (): never => {
    throw new Error('its cohort is none');
  };
  return {
    id: id(value['id']),
    title: text(value['title'], 100),
    createdAt: date(value['createdAt']),
    base: orNull(value['base'], id),
    architecture: oneOf(value['architecture'], ['inceptionResnetV1']),
    width: number(value['width']),
    folded: flag(value['folded']),
    embeddingSize,
    inputSize: number(value['inputSize']),
    standardisation: { mean: [r, g, b], divisor: number(standardisation['divisor']) },
    crop: oneOf(value['crop'], CROPS),
    normalised: flag(value['normalised']),
    threshold: number(value['threshold']),
    defaultFar: number(value['defaultFar']),
    calibration: list(value['calibration']).map((each) => {
      const { far, distance, impostors } = object(each);
      return { far: number(far), distance: number(distance), impostors: number(impostors) };
    }),
    ...('cohort' in value && { cohort: readTrainedCohort(value['cohort'], embeddingSize, noCohort) }),
    run: orNull(value['run'], id),
    licence: text(value['licence']),
    credit: text(value['credit']),
    selfTest: orNull(value['selfTest'], (numbers) => list(numbers).map(number)),
    people: list(value['people']).map((each) => text(each)),
    report: orNull(value['report'], jsonText),
    files,
  };
}

import { FaceError } from '../../core/errors';
import type { ScheduleConfig } from './schedule';

/** The original's. */
export const OPTIMISERS = ['ADAGRAD', 'ADADELTA', 'ADAM', 'RMSPROP', 'MOM'] as const;
export type OptimiserName = (typeof OPTIMISERS)[number];
export const LOSSES = ['softmax', 'arcface', 'triplet'] as const;
export type LossName = (typeof LOSSES)[number];
export const SAMPLERS = ['shuffled', 'people', 'weighted'] as const;
export type SamplerName = (typeof SAMPLERS)[number];
/**
 * `hard`: for each anchor its farthest positive and nearest negative (Hermans et al. 2017). `semi-hard`: for each
 * pair of one person a negative with d²ap < d²an < d²ap + margin (FaceNet). `inside-margin`: for each pair any negative
 * with d²an < d²ap + margin, which is what the original code does.
 */
export const TRIPLET_CHOICES = ['hard', 'semi-hard', 'inside-margin'] as const;
export type TripletChoice = (typeof TRIPLET_CHOICES)[number];

/** `batch`: among the pictures of a step. `pass`: among many more, embedded beforehand, as the original does. */
export const MININGS = ['batch', 'pass'] as const;
export type Mining = (typeof MININGS)[number];

export const CROPS = ['centre', 'random'] as const;

/** All that a run depends on but its data; part of every checkpoint. */
export interface TrainConfig {
  /** Of all random numbers: first weights, order, augmentation, dropout. */
  readonly seed: number;
  readonly loss: LossName;
  /**
   * Pictures in a step. With the sampler `people`, people × picturesEach instead, unless triplets are chosen in passes:
   * then people × picturesEach are embedded to choose from, and a step has `batch` pictures, three for each triplet.
   */
  readonly batch: number;
  /** Batches whose gradients are averaged into one step. */
  readonly accumulate: number;
  /** Steps in an epoch; 0: as many as it takes to see every picture once. */
  readonly epochSteps: number;
  /** The run ends after so many, if its schedule does not end it before. */
  readonly epochs: number;
  readonly embeddingSize: number;
  /** Share of the features kept by dropout. */
  readonly keep: number;
  /** Of the running statistics of batch norm. */
  readonly batchNormDecay: number;
  readonly labelSmoothing: number;
  /** Factors of the further loss terms; 0 leaves a term out. */
  readonly weightDecay: number;
  readonly centreLoss: number;
  readonly prelogitsNorm: number;
  /** Of the centres: each moves by 1 − this. */
  readonly centreAlpha: number;
  readonly prelogitsPower: number;
  readonly arcface: { readonly margin: number; readonly scale: number };
  readonly triplet: { readonly margin: number; readonly choice: TripletChoice; readonly mining: Mining };
  readonly optimiser: OptimiserName;
  readonly schedule: ScheduleConfig;
  readonly warmUpSteps: number;
  /** Largest global norm of the gradients; 0: no limit. */
  readonly clipNorm: number;
  /** Decay of the moving average of the weights, which is saved and evaluated; 0: none. */
  readonly averageDecay: number;
  readonly sampler: { readonly kind: SamplerName; readonly people: number; readonly picturesEach: number };
  readonly augment: AugmentConfig;
  /** Steps between checkpoints. */
  readonly checkpointSteps: number;
}

export interface AugmentConfig {
  /** Largest turn to either side, degrees; 0: none. The original turns by up to 10. */
  readonly rotate: number;
  readonly crop: (typeof CROPS)[number];
  readonly flip: boolean;
  /** Largest relative change of brightness, contrast and saturation; 0: none. */
  readonly jitter: number;
  /** Probability that a rectangle of the picture is blanked; 0: never. */
  readonly erase: number;
}

/** Pictures as they are, cut from the middle. */
export const NO_AUGMENTATION: AugmentConfig = { rotate: 0, crop: 'centre', flip: false, jitter: 0, erase: 0 };

/** The original's defaults where it has them. */
export const DEFAULT_CONFIG: TrainConfig = {
  seed: 666,
  loss: 'softmax',
  batch: 90,
  accumulate: 1,
  epochSteps: 1000,
  epochs: 500,
  embeddingSize: 512,
  keep: 1,
  batchNormDecay: 0.995,
  labelSmoothing: 0,
  weightDecay: 0,
  centreLoss: 0,
  prelogitsNorm: 0,
  centreAlpha: 0.95,
  prelogitsPower: 1,
  arcface: { margin: 0.5, scale: 64 },
  triplet: { margin: 0.2, choice: 'semi-hard', mining: 'batch' },
  optimiser: 'ADAGRAD',
  schedule: { kind: 'table', rates: [[0, 0.1]] },
  warmUpSteps: 0,
  clipNorm: 0,
  averageDecay: 0.9999,
  sampler: { kind: 'shuffled', people: 45, picturesEach: 40 },
  augment: NO_AUGMENTATION,
  checkpointSteps: 1000,
};

type Check = (value: unknown) => string | null;
const within =
  (low: number, high: number, whole = false): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))
      ? null
      : `it must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}`;
const atLeast = (low: number, whole = true): Check => within(low, Number.MAX_SAFE_INTEGER, whole);
const share = within(0, 1);
const oneOf =
  (names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value) ? null : `it must be one of ${names.join(', ')}`;
const truth: Check = (value) => (typeof value === 'boolean' ? null : 'it must be true or false');

/** What each key may hold, by its path. A key of the schedule depends on its kind, so it is checked apart. */
const CHECKS: Readonly<Record<string, Check>> = {
  seed: within(0, 2 ** 32 - 1, true),
  loss: oneOf(LOSSES),
  batch: atLeast(1),
  accumulate: atLeast(1),
  epochSteps: atLeast(0),
  epochs: atLeast(1),
  embeddingSize: atLeast(1),
  keep: within(0.01, 1),
  batchNormDecay: share,
  labelSmoothing: within(0, 0.99),
  weightDecay: atLeast(0, false),
  centreLoss: atLeast(0, false),
  prelogitsNorm: atLeast(0, false),
  centreAlpha: share,
  prelogitsPower: within(1, 100),
  'arcface.margin': within(0, Math.PI),
  'arcface.scale': within(0.001, 10_000),
  'triplet.margin': atLeast(0, false),
  'triplet.choice': oneOf(TRIPLET_CHOICES),
  'triplet.mining': oneOf(MININGS),
  optimiser: oneOf(OPTIMISERS),
  warmUpSteps: atLeast(0),
  clipNorm: atLeast(0, false),
  averageDecay: share,
  'sampler.kind': oneOf(SAMPLERS),
  'sampler.people': atLeast(2),
  'sampler.picturesEach': atLeast(1),
  'augment.rotate': within(0, 180),
  'augment.crop': oneOf(CROPS),
  'augment.flip': truth,
  'augment.jitter': share,
  'augment.erase': share,
  checkpointSteps: atLeast(1),
};
const SCHEDULE_CHECKS: Readonly<Record<ScheduleConfig['kind'], Readonly<Record<string, Check>>>> = {
  table: { rates: (value) => (isRates(value) ? null : 'it must be a list of [epoch, rate] with rising epochs') },
  staircase: { rate: atLeast(0, false), factor: share, every: atLeast(1) },
  cosine: { rate: atLeast(0, false), last: atLeast(0, false), steps: atLeast(1) },
};

/**
 * The whole configuration: the defaults with `given`'s values in their place, `given` being parsed JSON. Throws
 * `config/unknown-key` for a key that there is not and `config/bad-value` for a value that cannot be.
 */
export function completeConfig(given: unknown): TrainConfig {
  const config = complete(DEFAULT_CONFIG, given, '') as TrainConfig;
  if (config.loss === 'triplet' && config.triplet.mining === 'pass' && config.sampler.kind !== 'people')
    throw new FaceError('config/bad-value', {
      key: 'sampler.kind',
      value: config.sampler.kind,
      reason: 'triplets chosen in passes need the sampler people',
    });
  return config;
}

function complete(defaults: object, given: unknown, path: string): object {
  const result: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(recordOf(given, path.slice(0, -1) || 'config'))) {
    const full = path + key;
    if (!Object.hasOwn(defaults, key)) throw new FaceError('config/unknown-key', { key: full });
    if (full === 'schedule') result[key] = completeSchedule(value);
    else if (CHECKS[full]) result[key] = checked(full, value, CHECKS[full]);
    else result[key] = complete(result[key] as object, value, `${full}.`);
  }
  return result;
}

function completeSchedule(given: unknown): ScheduleConfig {
  const schedule = recordOf(given, 'schedule');
  const kind = checked('schedule.kind', schedule['kind'], oneOf(Object.keys(SCHEDULE_CHECKS)));
  const checks = SCHEDULE_CHECKS[kind as ScheduleConfig['kind']];
  for (const key of Object.keys(schedule))
    if (key !== 'kind' && !Object.hasOwn(checks, key))
      throw new FaceError('config/unknown-key', { key: `schedule.${key}` });
  for (const [key, check] of Object.entries(checks)) checked(`schedule.${key}`, schedule[key], check);
  return schedule as unknown as ScheduleConfig;
}

function checked(key: string, value: unknown, check: Check): unknown {
  const reason = check(value);
  if (reason !== null)
    throw new FaceError('config/bad-value', { key, value: JSON.stringify(value) ?? 'nothing', reason });
  return value;
}

function recordOf(value: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FaceError('config/bad-value', { key, value: JSON.stringify(value) ?? 'nothing', reason: 'it has no keys' });
}

function isRates(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every(
    (row, i) =>
      Array.isArray(row) &&
      row.length === 2 &&
      row.every((n) => typeof n === 'number' && Number.isFinite(n)) &&
      (i === 0 || row[0] > (value[i - 1] as number[])[0]!),
  );
}

import * as v from 'valibot';
import { badValue, FaceError } from '../../core/errors';
import { between, parseWith, whole } from '../../core/parse';
import { SCHEDULE } from './schedule';

/** A training run's configuration: one schema, from which the type and the defaults (the original's where it has them) follow. */

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

const factor = between(0, Number.MAX_SAFE_INTEGER);
const share = between(0, 1);

/** Keys in a group of their own, all of them optional. */
function group<E extends v.ObjectEntries>(entries: E) {
  const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  return v.exactOptional(v.pipe(v.unknown(), v.check(isRecord, 'it has no keys'), v.strictObject(entries)), {});
}

const AUGMENT = group({
  /** Largest rotation to either side, degrees; 0: none. The original rotates by up to 10. */
  rotate: v.exactOptional(between(0, 180), 0),
  crop: v.exactOptional(v.picklist(['centre', 'random']), 'centre'),
  flip: v.exactOptional(v.boolean(), false),
  /** Largest relative change of brightness, contrast and saturation; 0: none. */
  jitter: v.exactOptional(share, 0),
  /** Probability that a rectangle of the picture is blanked; 0: never. */
  erase: v.exactOptional(share, 0),
});
export type AugmentConfig = Readonly<v.InferOutput<typeof AUGMENT>>;

/** Everything that a run depends on except its data; part of every checkpoint. */
const CONFIG = group({
  /** Of all random numbers: first weights, order, augmentation, dropout. */
  seed: v.exactOptional(whole(0, 2 ** 32 - 1), 666),
  loss: v.exactOptional(v.picklist(LOSSES), 'softmax'),
  /**
   * Pictures in a step. With the sampler `people`, people × picturesEach instead, unless triplets are chosen in passes:
   * then people × picturesEach are embedded to choose from, and a step has `batch` pictures, three for each triplet.
   */
  batch: v.exactOptional(whole(1), 90),
  /** Batches whose gradients are averaged into one step. */
  accumulate: v.exactOptional(whole(1), 1),
  /** Steps in an epoch; 0: as many as it takes to see every picture once. */
  epochSteps: v.exactOptional(whole(0), 1000),
  /** The run ends after this many, if its schedule does not end it before. */
  epochs: v.exactOptional(whole(1), 500),
  embeddingSize: v.exactOptional(whole(1), 512),
  /** Share of the features kept by dropout. */
  keep: v.exactOptional(between(0.01, 1), 1),
  /** Of the running statistics of batch norm. */
  batchNormDecay: v.exactOptional(share, 0.995),
  labelSmoothing: v.exactOptional(between(0, 0.99), 0),
  /** Factors of the further loss terms; 0 leaves a term out. */
  weightDecay: v.exactOptional(factor, 0),
  centreLoss: v.exactOptional(factor, 0),
  prelogitsNorm: v.exactOptional(factor, 0),
  /** Of the centres: each moves by 1 − this. */
  centreAlpha: v.exactOptional(share, 0.95),
  prelogitsPower: v.exactOptional(between(1, 100), 1),
  arcface: group({
    margin: v.exactOptional(between(0, Math.PI), 0.5),
    scale: v.exactOptional(between(0.001, 10_000), 64),
  }),
  triplet: group({
    margin: v.exactOptional(factor, 0.2),
    choice: v.exactOptional(v.picklist(TRIPLET_CHOICES), 'semi-hard'),
    /** `batch`: among the pictures of a step. `pass`: among many more, embedded beforehand, as the original does. */
    mining: v.exactOptional(v.picklist(['batch', 'pass']), 'batch'),
  }),
  optimiser: v.exactOptional(v.picklist(OPTIMISERS), 'ADAGRAD'),
  schedule: v.exactOptional(SCHEDULE, { kind: 'table', rates: [[0, 0.1]] }),
  warmUpSteps: v.exactOptional(whole(0), 0),
  /** Largest global norm of the gradients; 0: no limit. */
  clipNorm: v.exactOptional(factor, 0),
  /** Decay of the moving average of the weights, which is saved and evaluated; 0: none. */
  averageDecay: v.exactOptional(share, 0.9999),
  sampler: group({
    kind: v.exactOptional(v.picklist(SAMPLERS), 'shuffled'),
    people: v.exactOptional(whole(2), 45),
    picturesEach: v.exactOptional(whole(1), 40),
  }),
  augment: AUGMENT,
  /** Steps between checkpoints. */
  checkpointSteps: v.exactOptional(whole(1), 1000),
});
export type TrainConfig = Readonly<v.InferOutput<typeof CONFIG>>;

/**
 * The whole configuration: `given`, parsed JSON, completed by the defaults. Throws `config/unknown-key` for a key that
 * does not exist and `config/bad-value` for a value outside its range.
 */
export function completeConfig(given: unknown): TrainConfig {
  const config = parseWith(CONFIG, given, ({ path, reason, unknownKey, value }) => {
    const key = path || 'config';
    if (unknownKey) return new FaceError('config/unknown-key', { key });
    return badValue(key, value === undefined ? 'nothing' : JSON.stringify(value), reason);
  });
  if (config.loss === 'triplet' && config.triplet.mining === 'pass' && config.sampler.kind !== 'people')
    throw badValue('sampler.kind', config.sampler.kind, 'triplets chosen in passes need the sampler people');
  return config;
}

export const DEFAULT_CONFIG = completeConfig({});

/** Pictures as they are, cut from the middle. */
export const NO_AUGMENTATION: AugmentConfig = DEFAULT_CONFIG.augment;

import type { Triplet } from './losses/selectTriplets';
import type { SamplerState } from './sampler';

/** The data of a run: a class number for each sample, and what the network that learns is fed of them. */
export interface Samples {
  readonly labels: Int32Array;
  /** The chosen samples, augmented by numbers of `random`: the same numbers, in the same order, give the same inputs. */
  read(chosen: readonly number[], random: () => number): Promise<Inputs>;
}

/** [n, …], standardised pictures or what a frozen part makes of them. */
export interface Inputs {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Where in the data a run stands; as JSON, part of every checkpoint. */
export interface DataPosition {
  readonly sampler: SamplerState;
  /** Of augmentation, and of the choice of triplets in a pass. */
  readonly random: number;
  /** Of a pass of triplets: the samples of those that are left, three for each. */
  readonly queue?: readonly number[];
}

export interface Batch extends Inputs {
  readonly labels: readonly number[];
  /** Chosen beforehand, by rows; absent where the step chooses them itself, if it needs any. */
  readonly triplets?: readonly Triplet[];
  /** The position once this batch is used. */
  readonly after: DataPosition;
}

/** The embeddings, of length 1 and in inference mode, by the weights as they are now; a row for each input. */
export type EmbedRows = (inputs: Inputs) => Promise<Float32Array>;

import type { TrainOps } from './trainProtocol';
import type { ResultTransfers } from './rpc';

/** Large results change hands instead of being copied. */
export const TRAIN_TRANSFERS: ResultTransfers<TrainOps> = {
  takeCheckpoint: ({ tensors }) => [tensors.buffer],
  embed: ({ data }) => [data.buffer],
  weights: ({ bytes }) => [bytes.buffer],
};

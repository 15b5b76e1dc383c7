/** The thread in which networks learn: the RPC in front, the service behind. */
import { serve } from './rpc';
import type { TrainOps } from './trainProtocol';
import { createTrainHandlers, TRAIN_SERVE_OPTIONS } from '../src/service/train/trainService';

serve<TrainOps>(self, createTrainHandlers(), TRAIN_SERVE_OPTIONS);

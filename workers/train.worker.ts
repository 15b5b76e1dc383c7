/** The thread in which networks are trained. */
import { createTrainService } from '../src/service/train/trainService';
import { serve } from './rpc';
import { TRAIN_SERVE_OPTIONS, type TrainOps } from './trainProtocol';

serve<TrainOps>(self, createTrainService(), TRAIN_SERVE_OPTIONS);

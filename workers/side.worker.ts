/** The thread of work that takes seconds in one piece, during which people are recognised in the other. */
import { crossValidate } from '../src/classify/crossValidate';
import { groupFaces } from '../src/cluster/groupFaces';
import { ratesOf } from '../src/weights/calibration';
import { serve } from './rpc';
import type { SideOps } from './sideProtocol';

const SEED = 1;

serve<SideOps>(self, {
  group: ({ faces, calibration, ...options }, { progress }) =>
    groupFaces(faces, { ...options, rates: ratesOf({ calibration }), onShare: progress }),
  compareNaming: ({ samples }, { progress }) =>
    crossValidate(samples, { kind: 'logistic', seed: SEED, onFold: (done, total) => progress(done / total) }),
});

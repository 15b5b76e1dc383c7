import type { CrossValidation } from '../src/classify/crossValidate';
import type { Samples } from '../src/classify/samples';
import type { GroupFacesOptions } from '../src/cluster/groupFaces';
import type { Points } from '../src/cluster/points';

/** What the face worker asks of a short-lived one, since it takes seconds in one piece. Progress is the share done, 0–1. */
export interface SideOps {
  group: {
    req: { points: Points } & Pick<GroupFacesOptions, 'levels' | 'absorb' | 'photos' | 'people'>;
    res: Int32Array;
    progress: number;
  };
  compareNaming: { req: { samples: Samples }; res: CrossValidation; progress: number };
}

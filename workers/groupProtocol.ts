import type { GroupFacesOptions } from '../src/cluster/groupFaces';
import type { Points } from '../src/cluster/points';

/** What the face worker asks of the short-lived worker that groups faces. */
export interface GroupOps {
  group: {
    req: { points: Points } & Pick<GroupFacesOptions, 'levels' | 'absorb' | 'photos' | 'people'>;
    res: Int32Array;
    /** The share that is done, 0–1. */
    progress: number;
  };
}

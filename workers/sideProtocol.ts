import type { CrossValidation } from '../src/classify/crossValidate';
import type { Samples } from '../src/classify/samples';
import type { GroupFacesOptions } from '../src/cluster/groupFaces';
import type { Faces } from '../src/cluster/normalised';
import type { CalibrationPoint } from '../src/weights/registry';

/** What the face worker asks of a short-lived one, since it takes seconds in one piece. Progress is the share done, 0–1. */
export interface SideOps {
  group: {
    req: { faces: Faces; calibration: readonly CalibrationPoint[] } & Pick<
      GroupFacesOptions,
      'from' | 'photos' | 'people' | 'groups'
    >;
    res: Int32Array;
    progress: number;
  };
  compareNaming: { req: { samples: Samples }; res: CrossValidation; progress: number };
}

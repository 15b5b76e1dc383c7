/** Work of seconds in one piece, in a short-lived thread: recognition continues, and its memory is freed. */
import { crossValidate, type CrossValidation } from '../../classify/crossValidate';
import type { Samples } from '../../classify/samples';
import { groupFaces, type GroupFacesOptions } from '../../cluster/groupFaces';
import type { Faces } from '../../cluster/points';
import type { CallContext, Progress } from '../../core/call';
import { ratesOf, type Calibrated } from '../../weights/calibration';
import { installModel } from '../../weights/install';
import { findModel } from '../../weights/registry';

export type KnownGroups = Pick<GroupFacesOptions, 'from' | 'photos' | 'people' | 'groups'>;

export interface GroupRequest extends KnownGroups, Calibrated {
  readonly faces: Faces;
}

export interface InstallRequest {
  readonly id: string;
  /** Instead of the publisher's host, for tests. */
  readonly baseUrl?: string | undefined;
}

const SEED = 1;

export const helper = {
  /** A label for each face, by what the model's calibration says of distances. Throws `aborted`. */
  group({ faces, calibration, ...known }: GroupRequest, { progress }: CallContext): Int32Array {
    const onShare = percentOf('Grouping faces', progress);
    return groupFaces(faces, { ...known, rates: ratesOf({ calibration }), onShare });
  },
  /** Throws `classify/too-few`, `classify/too-many`. */
  compareClassifiers({ samples }: { readonly samples: Samples }, { progress }: CallContext): CrossValidation {
    const onShare = percentOf('Comparing ways to name', progress);
    return crossValidate(samples, { kind: 'logistic', seed: SEED, onFold: (done, total) => onShare(done / total) });
  },
  /** Throws as `installModel`. */
  async install({ id, baseUrl }: InstallRequest, { signal, progress }: CallContext): Promise<null> {
    await installModel(findModel(id), { baseUrl, signal, onProgress: progress });
    return null;
  },
};

function percentOf(stage: string, progress: (progress: Progress) => void) {
  return (share: number): void => progress({ stage, done: Math.round(100 * share), total: 100, unit: 'steps' });
}

/** The helper's operations as the RPC knows them. */
export type HelperOps = {
  [K in keyof typeof helper]: {
    req: Parameters<(typeof helper)[K]>[0];
    res: Awaited<ReturnType<(typeof helper)[K]>>;
    progress: Progress;
  };
};

/** Runs one operation in a helper thread. Throws what it throws, `aborted`, `worker/crashed`. */
export type InHelper = <K extends keyof HelperOps>(
  op: K,
  req: HelperOps[K]['req'],
  context: CallContext,
) => Promise<HelperOps[K]['res']>;

import { FaceError } from '../../core/errors';
import type { Engine } from '../../nn/executor';

/** Milliseconds in which the news of a device's loss may follow the error that it caused. */
const NEWS_DELAY = 300;

export interface DeviceLoss {
  /** Only rejects, with `backend/device-lost`. */
  readonly promise: Promise<never>;
  /** Whether an error just caught comes from the loss. */
  happened(): Promise<boolean>;
  forget(): void;
}

/** Watches for the loss of an engine's device. */
export function lossOf(engine: Engine): DeviceLoss {
  let lost = false;
  let reject: (error: FaceError) => void = () => {};
  const promise = new Promise<never>((_, fail) => (reject = fail));
  promise.catch(() => {});
  engine.onLost((reason) => {
    lost = true;
    reject(new FaceError('backend/device-lost', { reason }));
  });
  return {
    promise,
    async happened(): Promise<boolean> {
      if (!lost && engine.backend === 'webgpu') await new Promise((resolve) => setTimeout(resolve, NEWS_DELAY));
      return lost;
    },
    forget: () => (reject = () => {}),
  };
}

import { throwIfAborted } from '../../core/abort';
import type { CallContext } from '../../core/call';
import { biasRule, measureBias, type BiasReport } from '../../evaluate/bias/measureBias';
import { stackFaces, type BiasFace } from '../../evaluate/bias/stackFaces';
import { letMessagesIn } from '../letMessagesIn';
import type { EngineState } from './session';

/** Milliseconds between two abort checks. */
const PAUSE = 100;

export interface BiasRequest {
  readonly faces: readonly BiasFace[];
  /** People enrolled when strangers of their group are shown. */
  readonly gallery: number;
}

/** How evenly false accepts fall on groups, at the distances of `state`. Throws `evaluate/too-few`, `aborted`. */
export async function runBias(
  state: EngineState,
  { faces, gallery }: BiasRequest,
  { signal, progress }: CallContext,
): Promise<BiasReport> {
  let last = 0;
  return measureBias(stackFaces(faces, state.embeddingSize), biasRule(state, gallery), async (done, total) => {
    if (performance.now() - last < PAUSE) return;
    await letMessagesIn();
    throwIfAborted(signal);
    progress({ stage: 'Comparing the faces', done, total, unit: 'steps' });
    last = performance.now();
  });
}

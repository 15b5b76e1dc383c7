import { throwIfAborted } from '../../core/abort';
import { biasRule, measureBias, type BiasReport } from '../../evaluate/bias/measureBias';
import { stackFaces } from '../../evaluate/bias/stackFaces';
import { letMessagesIn } from './letMessagesIn';
import type { EngineState, Ops, Progress } from '../../../workers/protocol';
import type { CallContext } from '../../../workers/rpc';

/** Milliseconds between two moments in which an abort arrives. */
const PAUSE = 100;

/** The op `measureBias`, at the distances of `state`. Throws `evaluate/too-few`, `aborted`. */
export async function runBias(
  state: EngineState,
  { faces, gallery }: Ops['measureBias']['req'],
  { signal, progress }: CallContext<Progress>,
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

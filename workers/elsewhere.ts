import { packPoints } from '../src/cluster/points';
import type { CrossValidation } from '../src/classify/crossValidate';
import { scaleOf, type Cohort } from '../src/core/cohort';
import type { Gallery } from '../src/pipeline/gallery';
import type { EmbedderRow } from '../src/weights/registry';
import { decisionOf } from '../src/weights/calibration';
import { askOnce } from './askOnce';
import { samplesOf } from '../src/service/face/naming';
import type { Ops, Progress } from './protocol';
import type { CallContext, RequestTransfers } from './rpc';
import type { SideOps } from './sideProtocol';

const TRANSFERS: RequestTransfers<SideOps> = {
  group: ({ faces }) => [faces.vectors.buffer],
  compareNaming: ({ samples }) => [samples.vectors.buffer],
};

/**
 * Labels of faces that look like one person, by what the model's calibration says of distances. Throws `aborted`,
 * `worker/crashed`.
 */
export function groupElsewhere(
  { embeddings, ...known }: Ops['groupFaces']['req'],
  row: EmbedderRow,
  cohort: Cohort | null,
  context: CallContext<Progress>,
): Promise<Int32Array> {
  const scales = Float64Array.from(embeddings, (embedding) => scaleOf(cohort, embedding));
  const faces = { ...packPoints(embeddings.map(({ vector }) => vector)), scales };
  const { calibration } = decisionOf(row);
  return elsewhere('group', { faces, calibration, ...known }, 'Grouping faces', context);
}

/** Cross-validation of the ways to name on the gallery's own faces. Throws `classify/too-few`, `aborted`, `worker/crashed`. */
export function compareNamingElsewhere(gallery: Gallery, context: CallContext<Progress>): Promise<CrossValidation> {
  return elsewhere('compareNaming', { samples: samplesOf(gallery) }, 'Comparing ways to name', context);
}

function elsewhere<K extends keyof SideOps>(
  op: K,
  req: SideOps[K]['req'],
  stage: string,
  { signal, progress }: CallContext<Progress>,
): Promise<SideOps[K]['res']> {
  const worker = new Worker(new URL('./side.worker.ts', import.meta.url), { type: 'module', name: 'side' });
  const onProgress = (share: number) => progress({ stage, done: Math.round(100 * share), total: 100, unit: 'steps' });
  return askOnce<SideOps, K>(worker, op, req, { signal, onProgress }, TRANSFERS);
}

import { packPoints } from '../src/cluster/points';
import { groupingSettings } from '../src/cluster/settings';
import type { CrossValidation } from '../src/classify/crossValidate';
import type { Gallery } from '../src/pipeline/gallery';
import { thresholdAt } from '../src/weights/calibration';
import type { EmbedderRow } from '../src/weights/registry';
import { askOnce } from './askOnce';
import { samplesOf } from './naming';
import type { Ops, Progress } from './protocol';
import type { CallContext, RequestTransfers } from './rpc';
import type { SideOps } from './sideProtocol';

const TRANSFERS: RequestTransfers<SideOps> = {
  group: ({ points }) => [points.vectors.buffer],
  compareNaming: ({ samples }) => [samples.vectors.buffer],
};

/**
 * Labels of faces that look like one person, by what the model's calibration says of distances. Throws `aborted`,
 * `worker/crashed`.
 */
export function groupElsewhere(
  { embeddings, photos, people }: Ops['groupFaces']['req'],
  row: EmbedderRow,
  context: CallContext<Progress>,
): Promise<Int32Array> {
  const points = packPoints(embeddings);
  const settings = groupingSettings(points.count, (far) => thresholdAt(row, far));
  return elsewhere('group', { points, ...settings, photos, people }, 'Grouping faces', context);
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

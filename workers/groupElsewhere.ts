import { packPoints } from '../src/cluster/points';
import { groupingSettings } from '../src/cluster/settings';
import { thresholdAt } from '../src/weights/calibration';
import type { EmbedderRow } from '../src/weights/registry';
import type { GroupOps } from './groupProtocol';
import type { Ops } from './protocol';
import { connect, type CallContext } from './rpc';

/**
 * Labels of faces that look like one person, by what the model's calibration says of distances. In a worker of its own,
 * which ends with it, also in the middle when it is aborted, and gives its memory back. Throws `aborted`, `worker/crashed`.
 */
export async function groupElsewhere(
  { embeddings, photos, people }: Ops['groupFaces']['req'],
  row: EmbedderRow,
  { signal, progress }: CallContext<Ops['groupFaces']['progress']>,
): Promise<Int32Array> {
  const points = packPoints(embeddings);
  const settings = groupingSettings(points.count, (far) => thresholdAt(row, far));
  const worker = new Worker(new URL('./group.worker.ts', import.meta.url), { type: 'module', name: 'group' });
  try {
    const { call } = connect<GroupOps>(worker, { transfers: { group: ({ points }) => [points.vectors.buffer] } });
    return await call(
      'group',
      { points, ...settings, photos, people },
      {
        signal,
        onProgress: (share) =>
          progress({ stage: 'Grouping faces', done: Math.round(100 * share), total: 100, unit: 'steps' }),
      },
    );
  } finally {
    worker.terminate();
  }
}

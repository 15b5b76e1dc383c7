import { packPoints, type Points } from '../src/cluster/points';
import { groupFaces } from '../src/cluster/groupFaces';
import { groupingSettings } from '../src/cluster/settings';
import { throwIfAborted } from '../src/core/abort';
import { thresholdAt } from '../src/weights/calibration';
import type { EmbedderRow } from '../src/weights/registry';
import type { Ops } from './protocol';

/** Labels of faces that look like one person, by what the model's calibration says of distances. */
export function groupEmbeddings(
  { embeddings, photos, people }: Ops['groupFaces']['req'],
  row: EmbedderRow,
  signal: AbortSignal | undefined,
): Int32Array {
  throwIfAborted(signal);
  const points: Points = packPoints(embeddings);
  const settings = groupingSettings(points.count, (far) => thresholdAt(row, far));
  return groupFaces(points, { ...settings, photos, people, signal });
}

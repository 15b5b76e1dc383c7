import type { ModelPlace } from '../../client/types';
import type { TrainableName } from '../../train/config/recipe';

export interface Amount {
  readonly people: number;
  /** To learn from. */
  readonly pictures: number;
  readonly hasGpu: boolean;
}

/** Under so many pictures only a head learns; over so many (on a graphics card) everything does. */
const BLOCKS_FROM = 300;
const ALL_FROM = 10_000;

/** Which part may learn from so little or so much without forgetting what it knew. */
export function recommendedPart({ pictures, hasGpu }: Amount): TrainableName {
  if (pictures >= ALL_FROM && hasGpu) return 'all';
  return pictures >= BLOCKS_FROM ? 'last-blocks' : 'head';
}

/** The models here that can be trained further: FaceNet's network only. */
export function trainableModels(models: readonly ModelPlace[]): ModelPlace[] {
  return models.filter(
    ({ kind, id, present, trained }) =>
      kind === 'embedder' && present.length > 0 && (trained !== null || id.startsWith('facenet-')),
  );
}

const RATES = [1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1] as const;

/** The smallest false-accept rate that `pairs` pairs of different people can show: five of them must lie below it. */
export function reportRate(pairs: number): number {
  return RATES.find((far) => far * pairs >= 5) ?? RATES.at(-1)!;
}

/** Pairs of different labels. */
export function differentPairs(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const all = Math.max(0, (labels.length * (labels.length - 1)) / 2);
  return [...counts.values()].reduce((pairs, n) => pairs - (n * (n - 1)) / 2, all);
}

import type { ModelPlace } from '../../client/types';
import type { TrainableName } from '../../train/config/recipe';

export interface Amount {
  readonly people: number;
  /** Pictures to train on. */
  readonly pictures: number;
  readonly hasGpu: boolean;
}

/** Below the first number of pictures only a head is trained; from the second on, with a GPU, everything. */
const BLOCKS_FROM = 300;
const ALL_FROM = 10_000;

/** What can be trained on this amount without forgetting what the network knows. */
export function recommendedPart({ pictures, hasGpu }: Amount): TrainableName {
  if (pictures >= ALL_FROM && hasGpu) return 'all';
  return pictures >= BLOCKS_FROM ? 'last-blocks' : 'head';
}

/** The models that can be trained further: FaceNet's network only. */
export function trainableModels(models: readonly ModelPlace[]): ModelPlace[] {
  return models.filter(
    ({ kind, id, present, trained }) =>
      kind === 'embedder' && present.length > 0 && (trained !== null || id.startsWith('facenet-')),
  );
}

const RATES = [1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1] as const;

/** The smallest false-accept rate that `pairs` pairs of different people can show: at least five must be accepted. */
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

import type { ModelPlace } from '../../client/types';

/** What a run begins with: a model kept here, or nothing: a network of its own size, of random numbers. */
export type RecipeBase =
  { readonly kind: 'model'; readonly id: string } | { readonly kind: 'scratch'; readonly width: number };
export const TRAINABLE = ['head', 'last-blocks', 'all'] as const;
export type TrainableName = (typeof TRAINABLE)[number];
export const RECIPE_LOSSES = ['softmax', 'arcface', 'triplet'] as const;

/** What an expert may change of a run. */
export interface Recipe {
  readonly base: RecipeBase;
  readonly trainable: TrainableName;
  readonly loss: (typeof RECIPE_LOSSES)[number];
  readonly epochs: number;
  readonly rate: number;
  readonly batch: number;
  /** Mirror images and small changes of light while learning. */
  readonly augment: boolean;
}

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

/** Rates are ADAM's with the original's epsilon of .1; a fine-tune moves little, a head and a new network much. */
const PARTS: Readonly<Record<TrainableName, Pick<Recipe, 'loss' | 'epochs' | 'rate' | 'batch' | 'augment'>>> = {
  head: { loss: 'softmax', epochs: 60, rate: 0.1, batch: 32, augment: false },
  'last-blocks': { loss: 'arcface', epochs: 10, rate: 0.001, batch: 16, augment: false },
  all: { loss: 'softmax', epochs: 10, rate: 0.0005, batch: 16, augment: true },
};
const SCRATCH: Pick<Recipe, 'loss' | 'epochs' | 'rate' | 'batch' | 'augment'> = {
  loss: 'softmax',
  epochs: 40,
  rate: 0.05,
  batch: 16,
  augment: true,
};

/** The recipe for a part of a base, before an expert changes it. */
export function recipeFor(base: RecipeBase, trainable: TrainableName): Recipe {
  if (base.kind === 'scratch') return { base, trainable: 'all', ...SCRATCH };
  return { base, trainable, ...PARTS[trainable] };
}

/** The models here that can be trained further: FaceNet's network only. */
export function trainableModels(models: readonly ModelPlace[]): ModelPlace[] {
  return models.filter(
    ({ kind, id, present, trained }) =>
      kind === 'embedder' && present.length > 0 && (trained !== null || id.startsWith('facenet-')),
  );
}

/** Share of each person's pictures by which the run is judged. */
const HELD_SHARE = 0.3;

/** How many of a person's `count` pictures are held out: three tenths, one at least, never the last one left to learn from. */
export function heldOf(count: number): number {
  return count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * HELD_SHARE)));
}

/** A person's pictures in two: those held out lie evenly among the others. */
export function splitPictures<T>(pictures: readonly T[]): { readonly train: T[]; readonly held: T[] } {
  const held = heldOf(pictures.length);
  const isHeld = (i: number) =>
    Math.floor(((i + 1) * held) / pictures.length) > Math.floor((i * held) / pictures.length);
  return { train: pictures.filter((_, i) => !isHeld(i)), held: pictures.filter((_, i) => isHeld(i)) };
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

/** What the train worker is told; everything else has the trainer's default. */
export function configOf(recipe: Recipe, { people, pictures }: Pick<Amount, 'people' | 'pictures'>): object {
  const { loss, epochs, rate, augment, trainable } = recipe;
  const batch = Math.max(1, Math.min(recipe.batch, pictures));
  return {
    loss,
    batch,
    epochs,
    epochSteps: 0,
    optimiser: 'ADAM',
    schedule: {
      kind: 'table',
      rates: [[0, rate], ...(epochs > 3 ? [[Math.ceil(epochs * 0.7), rate / 10]] : [])],
    },
    averageDecay: 0,
    arcface: { margin: 0.3, scale: 32 },
    ...(recipe.base.kind === 'scratch' && { embeddingSize: 128, weightDecay: 5e-4 }),
    ...(loss === 'triplet' && {
      sampler: { kind: 'people', people: Math.min(people, 8), picturesEach: 4 },
      triplet: { margin: 0.2, choice: 'semi-hard' },
    }),
    augment: { flip: augment, jitter: augment ? 0.1 : 0 },
    // A head is small and its steps are quick; the rest is worth more than the second that saving takes.
    checkpointSteps: trainable === 'head' ? 50 : 10,
  };
}

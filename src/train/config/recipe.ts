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

/** A recipe whose base is known by its kind alone. */
export interface RecipeOn<B> extends Omit<Recipe, 'base'> {
  readonly base: B;
}

/**
 * A head learns by ADAGRAD (.985 on data/people after three pictures a person; ADAM .983), the rest by ADAM with the
 * original's epsilon of .1: a fine-tune moves little, a new network much.
 */
const PARTS: Readonly<Record<TrainableName, Pick<Recipe, 'loss' | 'epochs' | 'rate' | 'batch' | 'augment'>>> = {
  head: { loss: 'softmax', epochs: 60, rate: 1, batch: 32, augment: false },
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

/** The recipe for a part of a base, before an expert changes it; only the base's kind counts. */
export function recipeFor<B extends Pick<RecipeBase, 'kind'>>(base: B, trainable: TrainableName): RecipeOn<B> {
  if (base.kind === 'scratch') return { base, trainable: 'all', ...SCRATCH };
  return { base, trainable, ...PARTS[trainable] };
}

/** What the train worker is told; everything else has the trainer's default. */
export function configOf(
  recipe: RecipeOn<Pick<RecipeBase, 'kind'>>,
  { people, pictures }: { readonly people: number; readonly pictures: number },
): object {
  const { loss, epochs, rate, augment, trainable } = recipe;
  const batch = Math.max(1, Math.min(recipe.batch, pictures));
  return {
    loss,
    batch,
    epochs,
    epochSteps: 0,
    optimiser: trainable === 'head' ? 'ADAGRAD' : 'ADAM',
    schedule: {
      kind: 'table',
      rates: [[0, rate], ...(trainable !== 'head' && epochs > 3 ? [[Math.ceil(epochs * 0.7), rate / 10]] : [])],
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

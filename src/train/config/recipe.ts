/** A run's base: a stored model, or a new network of a width of its own. */
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
  /** Flipped pictures and small changes of light during training. */
  readonly augment: boolean;
}

/** A recipe whose base is known by its kind alone. */
export interface RecipeOn<B> extends Omit<Recipe, 'base'> {
  readonly base: B;
}

/**
 * A head is trained by ADAGRAD (.985 on data/people after three pictures a person; ADAM .983), everything else by ADAM with
 * the original's epsilon of .1: fine-tuning changes little, a new network much.
 */
type Settings = Pick<Recipe, 'loss' | 'epochs' | 'rate' | 'batch' | 'augment'>;
const PARTS: Readonly<Record<TrainableName, Settings>> = {
  head: { loss: 'softmax', epochs: 60, rate: 1, batch: 32, augment: false },
  'last-blocks': { loss: 'arcface', epochs: 10, rate: 0.001, batch: 16, augment: false },
  all: { loss: 'softmax', epochs: 10, rate: 0.0005, batch: 16, augment: true },
};
const SCRATCH: Settings = { loss: 'softmax', epochs: 40, rate: 0.05, batch: 16, augment: true };

/** The default recipe for a part of a base; only the base's kind counts. */
export function recipeFor<B extends Pick<RecipeBase, 'kind'>>(base: B, trainable: TrainableName): RecipeOn<B> {
  if (base.kind === 'scratch') return { base, trainable: 'all', ...SCRATCH };
  return { base, trainable, ...PARTS[trainable] };
}

/** The configuration for the train worker; everything else has its default. */
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
    // A head's steps are quick; the others are worth more than the second that saving takes.
    checkpointSteps: trainable === 'head' ? 50 : 10,
  };
}

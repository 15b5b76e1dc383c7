import { configOf, recipeFor } from '../../../train/config/recipe';
import type { LossName } from '../../../train/config/config';
import type { TrainSettings } from './settings';

/**
 * A run's configuration: the recipe for its part and amount of data, overridden by the file's values, and those by the
 * flags'. The recipe is given the loss and the epochs that were asked for, on which others of its values depend.
 */
export function runConfig(
  {
    base,
    trainable,
    flags,
    config: file,
    schedule,
  }: Pick<TrainSettings, 'base' | 'trainable' | 'config' | 'schedule'> & {
    readonly flags: Pick<TrainSettings['flags'], 'loss' | 'epochs' | 'epochSteps'>;
  },
  amount: { readonly people: number; readonly pictures: number },
): object {
  const { loss, epochs, epochSteps } = flags;
  const asked = { loss: loss ?? file['loss'], epochs: epochs ?? file['epochs'] };
  const recipe = {
    ...recipeFor(base.kind === 'scratch' ? base : { kind: 'model' as const }, trainable),
    // What is no loss or number is refused by the trainer, with its key.
    ...(typeof asked.loss === 'string' && { loss: asked.loss as LossName }),
    ...(typeof asked.epochs === 'number' && { epochs: asked.epochs }),
  };
  return {
    ...configOf(recipe, amount),
    ...file,
    ...(loss && { loss }),
    ...(epochs && { epochs }),
    ...(schedule && { schedule }),
    ...(epochSteps && { epochSteps }),
  };
}

import { configOf, recipeFor, type RecipeBase, type TrainableName } from '../../../train/config/recipe';
import type { LossName } from '../../../train/config/config';
import type { ScheduleConfig } from '../../../train/config/schedule';
import type { TrainFlags } from './flags';

/**
 * What a run has: the recipe for its part and amount, the file's values in their place, and the flags' before both. The
 * recipe knows of the loss and the epochs that were asked for, on which others of its values depend.
 */
export function runConfig(
  flags: Pick<TrainFlags, 'loss' | 'epochs' | 'epochSteps'> & { readonly schedule?: ScheduleConfig | undefined },
  file: Readonly<Record<string, unknown>>,
  { base, trainable }: { readonly base: RecipeBase; readonly trainable: TrainableName },
  amount: { readonly people: number; readonly pictures: number },
): object {
  const usual = recipeFor(base, trainable);
  const asked = { loss: flags.loss ?? file['loss'], epochs: flags.epochs ?? file['epochs'] };
  const recipe = {
    ...usual,
    // What is no loss or number is refused by the trainer, with its key.
    ...(typeof asked.loss === 'string' && { loss: asked.loss as LossName }),
    ...(typeof asked.epochs === 'number' && { epochs: asked.epochs }),
  };
  return {
    ...configOf(recipe, amount),
    ...file,
    ...(flags.loss && { loss: flags.loss }),
    ...(flags.epochs && { epochs: flags.epochs }),
    ...(flags.schedule && { schedule: flags.schedule }),
    ...(flags.epochSteps && { epochSteps: flags.epochSteps }),
  };
}

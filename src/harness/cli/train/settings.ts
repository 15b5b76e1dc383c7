/** What a training is asked to do: the flags, checked and with their files read, before anything is started. */
import { badValue } from '../../../core/errors';
import type { LossName } from '../../../train/config/config';
import { configOf, recipeFor, type TrainableName } from '../../../train/config/recipe';
import type { ScheduleConfig } from '../../../train/config/schedule';
import { FACENET } from '../../../weights/registry';
import { modelsFolder } from '../root';
import { chooseModel } from '../trainedFiles';
import { assertLfwPairs } from './lfw';
import { readConfig, readSchedule, type TrainFlags } from './flags';

export type TrainKind = 'train' | 'finetune';

export interface TrainSettings {
  readonly kind: TrainKind;
  readonly flags: TrainFlags;
  readonly trainable: TrainableName;
  readonly base: BaseChoice;
  /** The configuration file's content. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly schedule: ScheduleConfig | undefined;
  /** How faces are cut out of pictures. */
  readonly crop: { readonly size: number; readonly margin: number };
}

/** What a training begins with; a model's file by its path. */
export type BaseChoice =
  | { readonly kind: 'scratch'; readonly width: number; readonly size: number }
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'file'; readonly path: string };

/** The crop of the model, and the original's for training with random crops, from which the model's is cut. */
const CROP = { size: 160, margin: 32 };
const WIDE_CROP = { size: 182, margin: 44 };

/** Throws `config/bad-value`, `harness/no-such-file`, `harness/not-a-file`. */
export async function readSettings(kind: TrainKind, flags: TrainFlags): Promise<TrainSettings> {
  assertTogether(flags);
  const config = await readConfig(flags.config);
  const augment = config['augment'] as { readonly crop?: unknown } | undefined;
  return {
    ...{ kind, flags, config },
    schedule: await readSchedule(flags.schedule),
    trainable: kind === 'train' ? 'all' : (flags.trainable ?? 'head'),
    base: kind === 'train' ? { kind: 'scratch', width: flags.width, size: flags.size } : await chosenBase(flags),
    crop: augment?.crop === 'random' ? WIDE_CROP : CROP,
  };
}

function assertTogether({ lfw, pairs, holdOutPeople, trainImages }: TrainFlags): void {
  assertLfwPairs(lfw, pairs);
  if (holdOutPeople && trainImages !== undefined) {
    const reason = 'with --train-images, pictures are held out and not people.';
    throw badValue('--hold-out-people', true, reason);
  }
}

async function chosenBase({ model = FACENET.id }: TrainFlags): Promise<BaseChoice> {
  const chosen = await chooseModel(model, undefined, modelsFolder());
  return 'model' in chosen ? { kind: 'model', id: chosen.model } : { kind: 'file', path: chosen.path };
}

type RunSettings = Pick<TrainSettings, 'base' | 'trainable' | 'config' | 'schedule'> & {
  readonly flags: Pick<TrainFlags, 'loss' | 'epochs' | 'epochSteps'>;
};

/**
 * A run's configuration: the recipe for its part and amount of data, overridden by the file's values, and those by the
 * flags'. The recipe is given the loss and the epochs that were asked for, on which others of its values depend.
 */
export function runConfig(
  { base, trainable, flags, config: file, schedule }: RunSettings,
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

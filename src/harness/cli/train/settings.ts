/** What a training is asked to do: the flags, checked and with their files read, before anything is started. */
import { FaceError } from '../../../core/errors';
import type { TrainableName } from '../../../train/config/recipe';
import type { ScheduleConfig } from '../../../train/config/schedule';
import { FACENET } from '../../../weights/registry';
import { modelsFolder } from '../root';
import { chooseModel } from '../trainedFiles';
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
  if ((lfw === undefined) !== (pairs === undefined)) {
    const reason = 'it goes together with --pairs';
    throw new FaceError('config/bad-value', { key: '--lfw', value: lfw ?? 'nothing', reason });
  }
  if (holdOutPeople && trainImages !== undefined) {
    const reason = 'with --train-images, pictures are held out and not people.';
    throw new FaceError('config/bad-value', { key: '--hold-out-people', value: true, reason });
  }
}

async function chosenBase({ model = FACENET.id }: TrainFlags): Promise<BaseChoice> {
  const chosen = await chooseModel(model, undefined, modelsFolder());
  return 'model' in chosen ? { kind: 'model', id: chosen.model } : { kind: 'file', path: chosen.path };
}

/** Prepares a train worker for the first step of a run. */
import type { Trainer } from '../../client/trainer';
import type { TrainEngine, TrainPlan, TrainStart } from '../../client/types';
import { FaceError } from '../../core/errors';
import type { RunPictures } from '../../store/trainPictures';
import { configOf } from '../../train/config/recipe';
import type { TaskCall } from '../shell/task.svelte';
import type { RunPlan } from './runRecord';

/** Pictures per message to the worker. */
const AT_ONCE = 64;

export interface PreparedRun {
  readonly worksOn: TrainEngine;
  readonly plan: TrainPlan;
}

/** Starts the worker, adds pictures, prepares the network. Throws `train/pictures-gone` if null, and worker errors. */
export async function prepareRun(
  trainer: Trainer,
  backend: NonNullable<TrainStart['backend']>,
  runPlan: RunPlan,
  pictures: RunPictures | null,
  { signal, onProgress }: TaskCall,
): Promise<PreparedRun> {
  const { recipe, people, pictures: counts } = runPlan;
  onProgress({ stage: 'Starting the trainer', done: 0, total: 0 });
  const worksOn = await trainer.start({ backend }, { signal, onProgress });
  if (!pictures) throw new FaceError('train/pictures-gone');
  await addPictures(trainer, pictures, signal);
  const request = {
    base: recipe.base,
    // A trained base's classifier has people's ids, the run their names.
    nameOf: (id: string) => people.find((person) => person.id === id)?.name ?? id,
    trainable: recipe.trainable,
    config: configOf(recipe, { people: people.length, pictures: counts.train }),
    people: people.map(({ name }) => name),
  };
  return { worksOn, plan: await trainer.prepare(request, { signal, onProgress }) };
}

async function addPictures(trainer: Trainer, { sets }: RunPictures, signal: AbortSignal): Promise<void> {
  for (const set of ['train', 'heldOut', 'impostors'] as const) {
    const all = sets[set];
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const part = all.slice(from, from + AT_ONCE);
      const [crops, labels] = [part.map(({ crop }) => crop), part.map(({ label }) => label)];
      await trainer.add(set, crops, labels, { signal });
    }
  }
}

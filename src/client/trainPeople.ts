/** `FaceNet.train`: from pictures of people to a model that knows them, all steps of a training in a row. */
import type { ModelPlace } from '../../workers/protocol';
import type { LoggedStep, TrainStart } from '../../workers/trainProtocol';
import type { Progress } from '../core/call';
import type { CheckpointSink, Report, StoredCrop } from '../core/types';
import { configOf, recipeFor, type Recipe, type RecipeBase, type TrainableName } from '../train/config/recipe';
import { splitPictures } from '../train/config/heldOut';
import { bestFace, eachReadable, type LeftOut } from './bestFace';
import type { FaceNet } from './faceNet';
import type { PictureInput } from './pictures';
import { Trainer } from './trainer';

/** Everything but `people` has a default that suits few pictures: a head on the model that runs. */
export interface TrainPeopleOptions
  extends Partial<Pick<Recipe, 'loss' | 'epochs' | 'rate' | 'batch' | 'augment'>>, Pick<TrainStart, 'backend'> {
  /** Default: the model that runs. */
  readonly base?: RecipeBase;
  /** Default `head`; from scratch everything is trained. */
  readonly trainable?: TrainableName;
  /** People who must stay unknown, for the report: none of those to train on. */
  readonly impostors?: Readonly<Record<string, readonly PictureInput[]>>;
  /** False-accept rate of the report; default .01. */
  readonly far?: number;
  readonly title?: string;
  /** Where checkpoints are kept, so that a run that was cut off continues; default nowhere. */
  readonly sink?: CheckpointSink | { readonly runId: string };
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onStep?: ((step: LoggedStep) => void) | undefined;
}

export interface TrainedPeople {
  /** The new model: `start({ embedder: model.id })` uses it. */
  readonly model: ModelPlace;
  /** The model before against the model after, on pictures that were held out. */
  readonly report: Report;
  readonly leftOut: readonly (LeftOut & { readonly person: string })[];
}

const NO_SINK: CheckpointSink = { save: () => Promise.resolve(), latest: () => Promise.resolve(null) };

/** Trains on a part of each person's pictures, evaluates on the others, and keeps the model. */
export async function trainPeople(
  net: Pick<FaceNet, 'call' | 'state'>,
  people: Readonly<Record<string, readonly PictureInput[]>>,
  options: TrainPeopleOptions = {},
  makeWorker?: () => Worker,
): Promise<TrainedPeople> {
  const { base = { kind: 'model', id: net.state.model }, trainable = 'head', far = 0.01 } = options;
  const { backend, impostors = {}, title, sink = NO_SINK, signal, onProgress, onStep, ...changes } = options;
  const recipe = { ...recipeFor(base, trainable), ...changes, base, trainable };
  const known = await facesOf(net, people, options);
  const strangers = await facesOf(net, impostors, options);
  const split = known.crops.map((crops) => splitPictures(crops));
  const names = Object.keys(people);
  const trainer = new Trainer(net, makeWorker);
  try {
    const call = { signal, onProgress };
    await trainer.start(backend ? { backend } : {}, call);
    const sets = {
      train: split.map(({ train }) => train),
      heldOut: split.map(({ heldOut }) => heldOut),
      impostors: strangers.crops,
    };
    for (const set of ['train', 'heldOut', 'impostors'] as const) {
      const labels = sets[set].flatMap((own, label) => own.map(() => label));
      await trainer.add(set, sets[set].flat(), labels, { signal });
    }
    const pictures = split.reduce((sum, { train }) => sum + train.length, 0);
    const config = configOf(recipe, { people: names.length, pictures });
    await trainer.prepare({ base, trainable: recipe.trainable, config, people: names }, call);
    await trainer.train({ sink, signal, onProgress, onStep });
    const report = await trainer.evaluate(far, call);
    const head = recipe.trainable === 'head' ? names : [];
    const model = await trainer.save({ title: title ?? `Trained on ${names.join(', ')}`, people: head }, call);
    return { model, report, leftOut: [...known.leftOut, ...strangers.leftOut] };
  } finally {
    trainer.close();
  }
}

/** The stored crop of each picture's most probable face, person by person. */
async function facesOf(
  net: Pick<FaceNet, 'call'>,
  people: Readonly<Record<string, readonly PictureInput[]>>,
  { signal, onProgress }: TrainPeopleOptions,
): Promise<{ readonly crops: StoredCrop[][]; readonly leftOut: (LeftOut & { readonly person: string })[] }> {
  const crops: StoredCrop[][] = [];
  const leftOut: (LeftOut & { readonly person: string })[] = [];
  const total = Object.values(people).reduce((sum, pictures) => sum + pictures.length, 0);
  let done = 0;
  for (const [person, pictures] of Object.entries(people)) {
    const found = await eachReadable(pictures, async (picture) => {
      onProgress?.({ stage: 'Finding faces', done: done++, total, unit: 'pictures' });
      return (await bestFace(net, picture, { keepCrops: true, signal })).crop!;
    });
    crops.push(found.results);
    leftOut.push(...found.leftOut.map((each) => ({ ...each, person })));
  }
  return { crops, leftOut };
}

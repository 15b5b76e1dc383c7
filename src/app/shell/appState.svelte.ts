import { createContext } from 'svelte';
import { FaceNet } from '../../client/faceNet';
import { FaceError } from '../../core/errors';
import { APP_SCOPE } from '../../core/hosting/appScope';
import { takeOver } from '../../store/takeOver';
import { openStore } from '../../store/store';
import { Backups } from '../settings/backups.svelte';
import { Benchmark } from '../benchmark/benchmark.svelte';
import { BiasMeasurement } from '../benchmark/biasMeasurement.svelte';
import { Engine } from './engine.svelte';
import { Enrolments } from '../people/enrolment.svelte';
import { ModelFiles } from '../settings/modelFiles.svelte';
import { ClassifierChoice } from '../people/classifierChoice.svelte';
import type { Notices } from './notices.svelte';
import { People } from '../people/people.svelte';
import { Library } from '../photos/library.svelte';
import { Sorting } from '../photos/sorting.svelte';
import { Pictures } from '../recognise/pictures.svelte';
import { Samples } from '../recognise/samples.svelte';
import { Room } from './room.svelte';
import { Tabs } from './tabs.svelte';
import { TrainChoice } from '../train/trainChoice.svelte';
import { Training } from '../train/training.svelte';
import { Updates } from './updates.svelte';
import { OpenVideo } from '../recognise/videoFile.svelte';
import { followDeletion, leaveToDelete } from './wipe';

/** Everything a view works with, once the store is open. */
export type AppState = Awaited<ReturnType<typeof openAppState>>;

export const [useApp, provideApp] = createContext<AppState>();

/**
 * Opens the store and starts the engine in the background. Throws `store/blocked`, `store/newer-version`, and
 * `app/not-secure` on plain http: checking models and making ids need `crypto`.
 */
export async function openAppState(notices: Notices) {
  if (!isSecureContext) throw new FaceError('app/not-secure');
  followDeletion();
  const tabs = new Tabs();
  await tabs.open();
  if (!(await takeOver(APP_SCOPE))) notices.problem(new FaceError('store/not-taken-over'));
  const store = await openStore(undefined, tabs);
  const updates = new Updates();
  void updates.register();
  const client = new FaceNet();
  client.onCrash((error) => notices.problem(error));
  const engine = new Engine(client, store.settings, await store.settings.read());
  const people = new People(store.people, engine);
  const classifier = new ClassifierChoice(engine, people);
  const enrolments = new Enrolments(engine);
  const pictures = new Pictures(engine);
  const video = new OpenVideo(engine, people);
  const library = new Library(store.photos, engine, people, tabs, notices);
  const sorting = new Sorting(notices);
  const training = new Training(engine, tabs, store.training);
  const trainChoice = new TrainChoice(engine, people, training);
  const benchmark = new Benchmark(engine);
  const bias = new BiasMeasurement(engine);
  const backups = new Backups(store, people, library);
  const modelFiles = new ModelFiles(client, engine, tabs, notices);
  const samples = new Samples(engine, people, pictures);
  const room = new Room(store);
  tabs.onWriter(() => void people.sync()); // a follower may not embed faces for another model
  tabs.onFollower(() => {
    library.pause();
    training.release().catch((thrown: unknown) => notices.problem(thrown));
  });
  engine.onModel(async () => {
    await classifier.resend();
    await people.sync();
  });
  people.onGallery(async (isWhole) => {
    await pictures.rematch();
    // Not awaited: grouping needs a ready engine, which waits for this callback.
    if (isWhole) library.peopleChanged().catch((thrown: unknown) => notices.problem(thrown));
  });
  await people.load();
  void engine.start();
  return {
    tabs,
    room,
    updates,
    client,
    store,
    notices,
    engine,
    people,
    classifier,
    enrolments,
    pictures,
    video,
    library,
    sorting,
    backups,
    modelFiles,
    samples,
    benchmark,
    bias,
    training,
    trainChoice,
  };
}

/** Leaves for the page that deletes everything the app stores. */
export function deleteEverything({ client, library }: AppState): void {
  library.pause();
  client.close();
  leaveToDelete();
}

import { personKey } from '../../core/names';
import { recipeFor, type Recipe, type RecipeBase } from '../../train/config/recipe';
import { toFaceError } from '../../core/errors';
import type { RunPicture } from '../../store/trainPictures';
import type { People } from '../people/people.svelte';
import { classFiles, placedFiles, type PlacedFile } from '../shell/folderFiles';
import { folderOfDrop } from '../shell/dropped';
import type { Engine } from '../shell/engine.svelte';
import { Task, type TaskCall } from '../shell/task.svelte';
import { count } from '../shell/words';
import { facesOfFiles, impostorsOf, runPictures, sampleImpostors, type Identity } from './gatherFaces';
import { differentPairs, recommendedPart, reportRate, trainableModels } from './recommend';
import { heldOutOf } from '../../train/config/heldOut';
import type { Training } from './training.svelte';

export type ImpostorKind = 'samples' | 'people' | 'folder' | 'none';

interface ChosenFolder {
  readonly name: string;
  readonly identities: readonly Identity[];
}

/** The user's choices before a run: people to train on, strangers, and the recipe. */
export class TrainChoice {
  /** Ids of the store's people who are left out. */
  without = $state.raw<ReadonlySet<string>>(new Set());
  /** Replaces the store's people. */
  folder = $state.raw<ChosenFolder | null>(null);
  impostors = $state<ImpostorKind>('samples');
  impostorFolder = $state.raw<ChosenFolder | null>(null);
  /** The user's recipe; null: the recommended one. */
  changed = $state.raw<Recipe | null>(null);
  /** Finding the faces in the pictures. */
  readonly gathering = new Task();
  /** Sentences about pictures that were left out. */
  notes = $state.raw<readonly string[]>([]);

  readonly #known: readonly Identity[] = $derived.by(() =>
    this.people.list.flatMap(({ id, name, faces }) =>
      faces.length === 0 ? [] : [{ id, name, crops: faces.map(({ crop }) => crop) }],
    ),
  );
  readonly identities: readonly Identity[] = $derived(
    this.folder?.identities ?? this.#known.filter(({ id }) => !this.without.has(id)),
  );
  /** The store's people who are not trained on. */
  readonly others: readonly Identity[] = $derived.by(() => {
    const trained = new Set(this.identities.map(({ name }) => personKey(name)));
    return this.#known.filter(({ name }) => !trained.has(personKey(name)));
  });
  readonly heldOut = $derived(this.identities.reduce((sum, { crops }) => sum + heldOutOf(crops.length), 0));
  readonly total = $derived(this.identities.reduce((sum, { crops }) => sum + crops.length, 0));
  readonly amount = $derived.by(() => {
    const { state } = this.engine;
    const hasGpu = state?.backend === 'webgpu' && !state.softwareAdapter;
    return { people: this.identities.length, pictures: this.total - this.heldOut, hasGpu };
  });
  readonly models = $derived.by(() => trainableModels(this.engine.models));
  readonly part = $derived(recommendedPart(this.amount));
  readonly recommended: Recipe = $derived.by(() => {
    const inUse = this.models.find(({ id }) => id === this.engine.state?.model) ?? this.models[0];
    const base: RecipeBase = inUse ? { kind: 'model', id: inUse.id } : { kind: 'scratch', width: 0.25 };
    return recipeFor(base, this.part);
  });
  readonly recipe = $derived(this.changed ?? this.recommended);

  /** What is still missing; null when a run can begin. */
  readonly lacking: string | null = $derived.by(() => {
    if (this.identities.length === 0) return 'Choose the people to train on.';
    if (this.identities.length === 1) return 'There is only one person, and nobody to tell apart: choose at least two.';
    if (this.heldOut === 0) return 'Every person has only one picture: add a second one of at least two people.';
    if (this.impostors === 'people' && this.others.length === 0)
      return 'All your people are to be trained on: nobody is left as a stranger.';
    if (this.impostors === 'folder' && !this.impostorFolder) return 'Choose the folder of strangers.';
    return null;
  });
  readonly singles = $derived(this.identities.filter(({ crops }) => crops.length === 1).length);

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
    private readonly training: Training,
  ) {}

  toggle(id: string): void {
    const without = new Set(this.without);
    if (!without.delete(id)) without.add(id);
    this.without = without;
  }

  /** Reads the people of a folder of class folders. */
  async addFolder(files: readonly File[], role: 'trained' | 'impostors'): Promise<void> {
    const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
    await this.#addFolder(Promise.resolve({ name, files: placedFiles(files), notes: [] }), role);
  }

  /** Trains on the people of a dropped folder. Call it within the event. */
  async addDrop(transfer: DataTransfer): Promise<void> {
    if (!this.gathering.running) await this.#addFolder(folderOfDrop(transfer), 'trained');
  }

  async #addFolder(
    given: Promise<{ readonly name: string; readonly files: readonly PlacedFile[]; readonly notes: readonly string[] }>,
    role: 'trained' | 'impostors',
  ): Promise<void> {
    await this.#gather(async (call) => {
      const { name, files, notes: unread } = await given;
      const { pictures: found, notes: leftOut } = classFiles(files);
      const { identities, notes: without } = await facesOfFiles(this.engine, found, call);
      const notes = [...unread, ...leftOut, ...without];
      const none = 'No pictures were found: a folder for each person is needed, with the pictures in it.';
      this.notes = identities.length === 0 ? [none, ...notes] : notes;
      if (identities.length === 0) return;
      if (role === 'trained') this.folder = { name, identities };
      else this.impostorFolder = { name, identities };
    });
  }

  /** Gathers the strangers and begins the run. Never rejects; resolves when the run has ended or is paused. */
  async begin(): Promise<void> {
    const { identities, recipe } = this;
    const others = this.impostors === 'people' ? this.others : [];
    const pictures = await this.#gather(async (call) => runPictures(identities, await this.#impostors(call)));
    if (!pictures) return;
    const { train, heldOut, impostors } = pictures.sets;
    const labels = (impostors.length > 0 ? impostors : heldOut).map(({ label }) => label);
    const plan = {
      recipe,
      people: identities.map(({ id, name }) => ({ id, name })),
      impostors: others.map(({ id }) => id),
      pictures: { train: train.length, heldOut: heldOut.length, impostors: impostors.length },
      far: reportRate(differentPairs(labels)),
      previousModel: this.engine.settings.model,
    };
    await this.training
      .begin(`Trained on ${count(identities.length, 'person', 'people')}`, plan, pictures)
      .catch((thrown: unknown) => (this.gathering.error = toFaceError(thrown)));
  }

  async #impostors(call: TaskCall): Promise<RunPicture[]> {
    switch (this.impostors) {
      case 'samples':
        return sampleImpostors(this.engine, this.identities, call);
      case 'people':
        return impostorsOf(this.others);
      case 'folder':
        return impostorsOf(this.impostorFolder?.identities ?? []);
      case 'none':
        return [];
    }
  }

  #gather<T>(work: (call: TaskCall) => Promise<T>): Promise<T | null> {
    this.notes = [];
    return this.gathering.run(work);
  }
}

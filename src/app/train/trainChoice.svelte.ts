import { toFaceError, type FaceError } from '../../core/errors';
import { personKey } from '../../core/names';
import { classFiles, placedFiles, type PlacedFile } from '../shell/classFolders';
import { folderOfDrop } from '../shell/dropped';
import type { Engine } from '../shell/engine.svelte';
import type { People } from '../people/people.svelte';
import { facesOfFiles, outsidersOf, runPictures, sampleOutsiders, type Gathering, type Pupil } from './trainData';
import { recipeFor, type Recipe, type RecipeBase } from '../../train/config/recipe';
import { differentPairs, heldOf, recommendedPart, reportRate, trainableModels } from './trainRecipe';
import type { Training } from './training.svelte';
import { count } from '../shell/words';

export type OutsiderKind = 'samples' | 'people' | 'folder' | 'none';

/** What the user chooses before a run: who is learnt, who must stay unknown, and how. */
export class TrainChoice {
  /** Of the store's people: those left out. */
  without = $state.raw<ReadonlySet<string>>(new Set());
  /** Of a folder, in place of the store's people. */
  folder = $state.raw<{ readonly name: string; readonly pupils: readonly Pupil[] } | null>(null);
  outsiders = $state<OutsiderKind>('samples');
  outsiderFolder = $state.raw<{ readonly name: string; readonly pupils: readonly Pupil[] } | null>(null);
  /** An expert's own; null: the recommended one. */
  changed = $state.raw<Recipe | null>(null);
  gathering = $state.raw<{ readonly stage: string; readonly done: number; readonly total: number } | null>(null);
  error = $state.raw<FaceError | null>(null);
  /** Pictures of a folder that were left out. */
  notes = $state.raw<readonly string[]>([]);

  readonly pupils: readonly Pupil[] = $derived.by(() => {
    if (this.folder) return this.folder.pupils;
    return this.people.list.flatMap(({ id, name, faces }) =>
      this.without.has(id) || faces.length === 0 ? [] : [{ id, name, crops: faces.map(({ crop }) => crop) }],
    );
  });
  /** The store's people who are not learnt. */
  readonly others: readonly Pupil[] = $derived.by(() => {
    const learnt = new Set(this.pupils.map(({ name }) => personKey(name)));
    return this.people.list.flatMap(({ id, name, faces }) =>
      learnt.has(personKey(name)) || faces.length === 0 ? [] : [{ id, name, crops: faces.map(({ crop }) => crop) }],
    );
  });
  readonly held = $derived(this.pupils.reduce((sum, { crops }) => sum + heldOf(crops.length), 0));
  readonly total = $derived(this.pupils.reduce((sum, { crops }) => sum + crops.length, 0));
  readonly amount = $derived.by(() => {
    const { state } = this.engine;
    const hasGpu = state?.backend === 'webgpu' && !state.softwareAdapter;
    return { people: this.pupils.length, pictures: this.total - this.held, hasGpu };
  });
  readonly models = $derived.by(() => trainableModels(this.engine.models));
  readonly part = $derived(recommendedPart(this.amount));
  readonly recommended: Recipe = $derived.by(() => {
    const inUse = this.models.find(({ id }) => id === this.engine.state?.model) ?? this.models[0];
    const base: RecipeBase = inUse ? { kind: 'model', id: inUse.id } : { kind: 'scratch', width: 0.25 };
    return recipeFor(base, this.part);
  });
  readonly recipe = $derived(this.changed ?? this.recommended);

  /** Why nothing can begin yet; null when it can. */
  readonly lacking: string | null = $derived.by(() => {
    if (this.pupils.length === 0) return 'Choose the people to learn.';
    if (this.pupils.length === 1) return 'There is only one person, and nobody to tell apart: choose two at least.';
    if (this.held === 0) return 'Every person has only one picture: add a second one of two people at least.';
    if (this.outsiders === 'people' && this.others.length === 0)
      return 'All your people are to be learnt: nobody is left as an outsider.';
    if (this.outsiders === 'folder' && !this.outsiderFolder) return 'Choose the folder of the outsiders.';
    return null;
  });
  readonly singles = $derived(this.pupils.filter(({ crops }) => crops.length === 1).length);

  #abort = new AbortController();

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

  /** Takes the people of a folder of class folders, to be learnt or as outsiders. */
  async takeFolder(files: readonly File[], role: 'pupils' | 'outsiders'): Promise<void> {
    const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
    await this.#take(Promise.resolve({ name, files: placedFiles(files), notes: [] }), role);
  }

  /** The people of a folder that was dropped are to be learnt. To be called within the event. */
  async takeDrop(transfer: DataTransfer): Promise<void> {
    if (!this.gathering) await this.#take(folderOfDrop(transfer), 'pupils');
  }

  async #take(
    given: Promise<{ readonly name: string; readonly files: readonly PlacedFile[]; readonly notes: readonly string[] }>,
    role: 'pupils' | 'outsiders',
  ): Promise<void> {
    await this.#gather(async (gathering) => {
      const { name, files, notes: unread } = await given;
      const { pictures: found, notes: leftOut } = classFiles(files);
      const { pupils, notes: without } = await facesOfFiles(found, gathering);
      const notes = [...unread, ...leftOut, ...without];
      const none = 'No pictures were found: a folder for each person is needed, with the pictures in it.';
      this.notes = pupils.length === 0 ? [none, ...notes] : notes;
      if (pupils.length === 0) return;
      if (role === 'pupils') this.folder = { name, pupils };
      else this.outsiderFolder = { name, pupils };
    });
  }

  stop(): void {
    this.#abort.abort();
  }

  /** Gathers the outsiders and begins the run, which goes on by itself. */
  async begin(): Promise<void> {
    const { pupils, recipe } = this;
    const others = this.outsiders === 'people' ? this.others : [];
    await this.#gather(async (gathering) => {
      const outsiders =
        this.outsiders === 'samples'
          ? await sampleOutsiders(pupils, gathering)
          : this.outsiders === 'people'
            ? outsidersOf(others)
            : this.outsiders === 'folder'
              ? outsidersOf(this.outsiderFolder?.pupils ?? [])
              : [];
      const pictures = runPictures(pupils, outsiders);
      const { train, held } = pictures.sets;
      const impostors = (outsiders.length > 0 ? outsiders : held).map(({ label }) => label);
      this.gathering = null;
      void this.training
        .begin(
          `Trained on ${count(pupils.length, 'person', 'people')}`,
          {
            recipe,
            people: pupils.map(({ id, name }) => ({ id, name })),
            outsiders: others.map(({ id }) => id),
            pictures: { train: train.length, held: held.length, outsiders: outsiders.length },
            far: reportRate(differentPairs(impostors)),
            previousModel: this.engine.settings.model,
          },
          pictures,
        )
        .catch((thrown: unknown) => (this.error = toFaceError(thrown)));
    });
  }

  async #gather(work: (gathering: Gathering) => Promise<void>): Promise<void> {
    this.error = null;
    this.notes = [];
    this.#abort = new AbortController();
    this.gathering = { stage: 'Getting ready', done: 0, total: 0 };
    try {
      await work({ engine: this.engine, signal: this.#abort.signal, tell: (progress) => (this.gathering = progress) });
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code !== 'aborted') this.error = error;
    } finally {
      this.gathering = null;
    }
  }
}

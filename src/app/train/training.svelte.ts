import type { Trainer } from '../../client/trainer';
import type { Progress, TrainEngine, TrainPlan } from '../../client/types';
import type { Report } from '../../core/types';
import { FaceError, toFaceError } from '../../core/errors';
import { forgetPictures, keepPictures, readPictures, type RunPictures } from '../../store/trainPictures';
import type { WriteGuard } from '../../store/guard';
import type { TrainRunRecord, TrainStore } from '../../store/trainSchema';
import type { Engine } from '../shell/engine.svelte';
import { takeTabLock } from './tabLock';
import { withStep, type HistoryPoint } from './trainHistory';
import { configOf } from '../../train/config/recipe';
import { historyOf, isOpen, newRun, planOf, type RunPlan } from './runRecord';

/**
 * `preparing` until the first step, `stopped` when a run waits to go on (paused, or with `failure`), `judged` when its
 * report waits for a decision.
 */
export type TrainPhase = 'idle' | 'preparing' | 'training' | 'pausing' | 'stopped' | 'judging' | 'judged' | 'saving';

/** Pictures that go to the worker in one message. */
const AT_ONCE = 64;
/** Milliseconds between two writes of what the plots show. */
const NOTED_MS = 2000;

/** Training runs of this device, and the one that is under way in this tab. */
export class Training {
  phase = $state<TrainPhase>('idle');
  run = $state.raw<TrainRunRecord | null>(null);
  points = $state.raw<readonly HistoryPoint[]>([]);
  progress = $state.raw<Progress | null>(null);
  worksOn = $state.raw<TrainEngine | null>(null);
  plan = $state.raw<TrainPlan | null>(null);
  report = $state.raw<Report | null>(null);
  failure = $state.raw<FaceError | null>(null);
  /** Sentences: pictures that teach little, a device that was lost, a browser that keeps nothing. */
  notes = $state.raw<readonly string[]>([]);
  secondsLeft = $state<number | null>(null);
  /** All runs of this device, the latest first. */
  runs = $state.raw<readonly TrainRunRecord[]>([]);

  totalSteps = $derived(this.plan ? this.plan.stepsPerEpoch * this.plan.config.epochs : 0);
  /** Runs that were left: they can go on. */
  left = $derived(this.runs.filter((run) => isOpen(run) && run.id !== this.run?.id));
  /** The run whose model is used now. */
  used = $derived(
    this.runs.find((run) => run.status === 'accepted' && run.modelId === this.engine.settings.model) ?? null,
  );

  #isListed = false;
  #trainer: Trainer | null = null;
  #release: (() => void) | null = null;
  #abort = new AbortController();
  /** Where the browser keeps no pictures, those of the run of this page. */
  #pictures: RunPictures | null = null;
  #noted = 0;

  /** The training or judging that is under way. */
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    private readonly guard: WriteGuard,
    private readonly store: TrainStore,
  ) {}

  /** Lists the runs; to be called before anything else. Throws `store/blocked`, `store/newer-version`. */
  async load(): Promise<void> {
    if (!this.#isListed) this.store.onChange(() => void this.#list());
    this.#isListed = true;
    await this.#list();
  }

  /** Begins a run. What goes wrong later is in `failure`. Throws `store/full`, `store/other-tab`: nothing was begun. */
  async begin(title: string, plan: RunPlan, pictures: RunPictures): Promise<void> {
    this.#assertWriter();
    const run = newRun(title, plan, Date.now());
    const kept = await keepPictures(run.id, pictures);
    this.#pictures = pictures;
    try {
      await this.store.saveRun(run);
    } catch (thrown) {
      await forgetPictures(run.id);
      throw thrown;
    }
    this.points = [];
    this.notes =
      kept && this.store.persistent
        ? []
        : ['The browser keeps nothing here: the training is lost when the page is closed.'];
    await this.#execute(run);
  }

  /** Goes on with a run that was paused, that failed, or whose tab was closed. Throws `store/other-tab`. */
  async goOn(run: TrainRunRecord): Promise<void> {
    this.#assertWriter();
    if (this.#trainer && this.run?.id === run.id) return this.#train(this.run, this.#trainer);
    this.points = historyOf(run);
    this.notes = [];
    await this.#execute(run);
  }

  /** Saves after the step in progress. */
  async pause(): Promise<void> {
    if (this.phase !== 'training') return;
    this.phase = 'pausing';
    await this.#trainer?.pause();
  }

  /** Another tab writes from now on: the run is left after the step in progress, to be gone on with there. */
  async leave(): Promise<void> {
    if (this.phase === 'idle' || this.phase === 'saving') return;
    await this.pause();
    if (this.phase === 'pausing') await this.#work;
    this.#end();
  }

  /** Ends the run of this tab for good; nothing of it stays. */
  async discard(): Promise<void> {
    this.#assertWriter();
    const { run } = this;
    this.#end();
    if (run) await this.remove(run);
  }

  async remove(run: TrainRunRecord): Promise<void> {
    await this.store.removeRun(run.id);
    await forgetPictures(run.id);
  }

  /**
   * Keeps what was learnt as a model of this device and uses it: people are prepared anew behind. When the model fails its
   * test here, the one before is used again. Throws that failure, `store/full`.
   */
  async accept(title: string): Promise<void> {
    const [trainer, run, report] = [this.#trainer, this.run, this.report];
    if (!trainer || !run || !report) throw new FaceError('train/not-prepared');
    this.phase = 'saving';
    try {
      const id = await this.guard.run(() => this.#save(trainer, run, title));
      await this.engine.change({ model: id, precision: 'auto' });
      if (this.engine.error) {
        const { error } = this.engine;
        await this.guard.run(() => this.engine.client.call('removeModel', { id }));
        await this.engine.change({ model: planOf(run).previousModel, precision: 'auto' });
        throw error;
      }
      await this.store.saveRun({ ...run, title, status: 'accepted', modelId: id, updatedAt: Date.now() });
      await this.store.removeCheckpoint(run.id);
      await forgetPictures(run.id);
      this.#end();
    } catch (thrown) {
      this.phase = 'judged';
      throw thrown;
    }
  }

  /** Uses the model from before the run again; the trained one stays in the list. */
  async rollBack(run: TrainRunRecord): Promise<void> {
    await this.engine.change({ model: planOf(run).previousModel, precision: 'auto' });
    await this.store.saveRun({ ...run, status: 'discarded', updatedAt: Date.now() });
  }

  async #execute(run: TrainRunRecord): Promise<void> {
    this.#end();
    const release = await takeTabLock(`facenet-training-${run.id}`);
    this.run = run;
    this.phase = 'preparing';
    if (!release) return this.#fail(run, new FaceError('train/other-tab'));
    this.#release = release;
    this.#abort = new AbortController();
    const trainer = this.engine.client.trainer();
    this.#trainer = trainer;
    try {
      await this.#prepare(run, trainer);
      await this.#train(run, trainer);
    } catch (thrown) {
      await this.#fail(run, thrown);
    }
  }

  async #prepare(run: TrainRunRecord, trainer: Trainer): Promise<void> {
    const { recipe, people, pictures: counts } = planOf(run);
    const { signal } = this.#abort;
    const onProgress = (progress: Progress) => (this.progress = progress);
    this.progress = { stage: 'Starting the trainer', done: 0, total: 0, unit: 'steps' };
    this.worksOn = await trainer.start({ backend: this.engine.settings.backend }, { signal, onProgress });
    const pictures = (await readPictures(run.id)) ?? this.#pictures;
    if (!pictures) throw new FaceError('train/pictures-gone');
    for (const set of ['train', 'heldOut', 'impostors'] as const) {
      const all = pictures.sets[set];
      for (let from = 0; from < all.length; from += AT_ONCE) {
        const part = all.slice(from, from + AT_ONCE);
        const [crops, labels] = [part.map(({ crop }) => crop), part.map(({ label }) => label)];
        await trainer.add(set, crops, labels, { signal });
      }
    }
    const request = {
      base: recipe.base,
      // A trained base's own head knows people by their ids, the run by their names.
      nameOf: (id: string) => people.find((person) => person.id === id)?.name ?? id,
      trainable: recipe.trainable,
      config: configOf(recipe, { people: people.length, pictures: counts.train }),
      people: people.map(({ name }) => name),
    };
    this.plan = await trainer.prepare(request, { signal, onProgress });
    this.notes = [...this.notes, ...this.worksOn.notes, ...this.plan.notes];
  }

  #train(run: TrainRunRecord, trainer: Trainer): Promise<void> {
    this.#work = this.#trainAndJudge(run, trainer);
    return this.#work;
  }

  async #trainAndJudge(run: TrainRunRecord, trainer: Trainer): Promise<void> {
    const { signal } = this.#abort;
    this.failure = null;
    this.phase = 'training';
    await this.#note({ status: 'running', failure: null });
    let begun: { readonly at: number; readonly step: number } | null = null;
    try {
      const result = await trainer.train({
        sink: { runId: run.id },
        signal,
        onProgress: (progress) => (this.progress = progress),
        onRecovered: (step) => this.#recovered(step),
        onStep: (step) => {
          this.progress = null;
          this.points = withStep(this.points, step);
          const now = performance.now();
          // The first step compiles what the others use.
          if (begun)
            this.secondsLeft = ((now - begun.at) / 1000 / (step.step - begun.step)) * (this.totalSteps - step.step);
          else begun = { at: now, step: step.step };
          if (now - this.#noted > NOTED_MS) void this.#note({ step: step.step, epoch: step.epoch });
        },
      });
      this.secondsLeft = null;
      this.progress = null;
      await this.#note({ step: result.step, epoch: result.epoch, status: result.finished ? 'finished' : 'paused' });
      if (result.finished) await this.#judge(trainer);
      else this.phase = 'stopped';
    } catch (thrown) {
      await this.#fail(run, thrown);
    }
  }

  async #judge(trainer: Trainer): Promise<void> {
    const { run } = this;
    if (!run) return;
    this.phase = 'judging';
    const onProgress = (progress: Progress) => (this.progress = progress);
    const { far } = planOf(run);
    this.report = await trainer.evaluate(far, { signal: this.#abort.signal, onProgress });
    this.progress = null;
    await this.#note({ report: JSON.stringify(this.report) });
    this.phase = 'judged';
  }

  async #save(trainer: Trainer, run: TrainRunRecord, title: string): Promise<string> {
    const { recipe, people } = planOf(run);
    // A head trained with the network goes by numbers before they are normalised: the nearest face decides then.
    const named = recipe.trainable === 'head' ? people.map(({ id }) => id) : [];
    const onProgress = (progress: Progress) => (this.progress = progress);
    const { id } = await trainer.save({ title, people: named, run: run.id }, { onProgress });
    this.progress = null;
    return id;
  }

  /** Writes what is new of the run; a run that cannot be noted goes on, as long as its checkpoints can be kept. */
  async #note(changes: Partial<TrainRunRecord>): Promise<void> {
    if (!this.run) return;
    this.#noted = performance.now();
    const run = { ...this.run, ...changes, history: JSON.stringify(this.points), updatedAt: Date.now() };
    this.run = run;
    await this.store.saveRun(run).catch(() => {});
  }

  async #fail(run: TrainRunRecord, thrown: unknown): Promise<void> {
    const error = toFaceError(thrown);
    if (error.code === 'aborted' || this.run?.id !== run.id) return;
    this.#trainer?.close();
    this.#trainer = null;
    this.#release?.();
    this.#release = null;
    this.progress = null;
    this.secondsLeft = null;
    this.failure = error;
    this.phase = 'stopped';
    if (error.code !== 'train/other-tab') await this.#note({ failure: error.message });
  }

  #recovered(step: number): void {
    this.points = this.points.filter((point) => point.step <= step);
    this.notes = [...this.notes, `The graphics device was lost; the training went back to step ${step} and goes on.`];
  }

  #end(): void {
    this.#abort.abort();
    this.#trainer?.close();
    this.#trainer = null;
    this.#release?.();
    this.#release = null;
    this.run = null;
    this.plan = null;
    this.report = null;
    this.failure = null;
    this.progress = null;
    this.secondsLeft = null;
    this.phase = 'idle';
  }

  #assertWriter(): void {
    if (!this.guard.mayWrite()) throw new FaceError('store/other-tab');
  }

  async #list(): Promise<void> {
    this.runs = await this.store.runs();
  }
}

import type { Trainer } from '../../client/trainer';
import type { LoggedStep, TrainEngine, TrainPlan } from '../../client/types';
import { throwIfAborted } from '../../core/abort';
import { FaceError } from '../../core/errors';
import type { Report } from '../../core/types';
import type { WriteGuard } from '../../store/guard';
import { forgetPictures, keepPictures, readPictures, type RunPictures } from '../../store/trainPictures';
import type { TrainRunRecord, TrainStore } from '../../store/trainSchema';
import type { Engine } from '../shell/engine.svelte';
import { Task, type TaskCall } from '../shell/task.svelte';
import { prepareRun } from './prepareRun';
import { historyOf, isOpen, newRun, planOf, type RunPlan } from './runRecord';
import { takeTabLock } from './tabLock';
import { TimeLeft, withStep, type HistoryPoint } from './trainHistory';

/**
 * `preparing` until the first step, `stopped` when a run can be resumed (paused, or failed with the task's `error`),
 * `evaluated` when its report waits for a decision.
 */
export type TrainPhase = 'idle' | 'preparing' | 'training' | 'pausing' | 'stopped' | 'evaluating' | 'evaluated';

/** Milliseconds between two writes of the run's progress. */
const NOTED_MS = 2000;

/** Training runs of this device, and the one in this tab. */
export class Training {
  phase = $state<TrainPhase>('idle');
  run = $state.raw<TrainRunRecord | null>(null);
  /** Preparing, training and evaluating; has no progress during steps, which `points` show. */
  readonly task = new Task();
  /** Writing the accepted model. */
  readonly saving = new Task();
  points = $state.raw<readonly HistoryPoint[]>([]);
  worksOn = $state.raw<TrainEngine | null>(null);
  plan = $state.raw<TrainPlan | null>(null);
  report = $state.raw<Report | null>(null);
  /** Sentences about poor pictures, a lost device, or a browser that stores nothing. */
  notes = $state.raw<readonly string[]>([]);
  secondsLeft = $state<number | null>(null);
  /** All runs of this device, latest first. */
  runs = $state.raw<readonly TrainRunRecord[]>([]);

  totalSteps = $derived(this.plan ? this.plan.stepsPerEpoch * this.plan.config.epochs : 0);
  /** Runs that can be resumed. */
  left = $derived(this.runs.filter((run) => isOpen(run) && run.id !== this.run?.id));
  /** The run whose model is used now. */
  used = $derived(
    this.runs.find((run) => run.status === 'accepted' && run.modelId === this.engine.settings.model) ?? null,
  );

  #isListed = false;
  #trainer: Trainer | null = null;
  #release: (() => void) | null = null;
  /** The run's pictures, where the browser stores none. */
  #pictures: RunPictures | null = null;
  #noted = 0;
  /** Settles when the work on the run has ended. */
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    private readonly guard: WriteGuard,
    private readonly store: TrainStore,
    private readonly makeTrainer: () => Trainer = () => engine.client.trainer(),
  ) {}

  /** Lists the runs; to be called before anything else. Throws `store/blocked`, `store/newer-version`. */
  async load(): Promise<void> {
    if (!this.#isListed) this.store.onChange(() => void this.#list());
    this.#isListed = true;
    await this.#list();
  }

  /** Resolves when paused, evaluated or failed (see the task). Throws `store/full`, `store/other-tab` beforehand. */
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
    const isKept = kept && this.store.persistent;
    const notes = isKept ? [] : ['The browser keeps nothing here: the training is lost when the page is closed.'];
    await this.#execute(run, notes);
  }

  /** Resumes a paused, failed or left run. Resolves as `begin`. Throws `store/other-tab`. */
  async resume(run: TrainRunRecord): Promise<void> {
    this.#assertWriter();
    const { run: own } = this;
    const trainer = this.#trainer;
    if (!trainer || own?.id !== run.id) return this.#execute(run, []);
    if (!this.task.running) await this.#workOn((call) => this.#train(own, trainer, call));
  }

  /** Saves a checkpoint after the step in progress. */
  async pause(): Promise<void> {
    if (this.phase !== 'training') return;
    this.phase = 'pausing';
    await this.#trainer?.pause();
  }

  /** Leaves the run to another tab, which has become the writer, after the step in progress. */
  async release(): Promise<void> {
    if (this.phase === 'idle' || this.saving.running) return;
    await this.pause();
    if (this.phase === 'pausing') await this.#work;
    await this.#end();
  }

  /** Ends this tab's run and deletes it. */
  async discard(): Promise<void> {
    this.#assertWriter();
    const { run } = this;
    await this.#end();
    if (run) await this.remove(run);
  }

  async remove(run: TrainRunRecord): Promise<void> {
    await this.store.removeRun(run.id);
    await forgetPictures(run.id);
  }

  /**
   * Saves the result as a model of this device and uses it; faces are re-embedded in the background. If the model fails
   * its self-test here, the previous one is used again. Throws that failure, `store/full`, `aborted`.
   */
  async accept(title: string): Promise<void> {
    const [trainer, run, report] = [this.#trainer, this.run, this.report];
    if (!trainer || !run || !report) throw new FaceError('train/not-prepared');
    const done = await this.saving.run(async ({ onProgress }) => {
      const id = await this.guard.run(() => this.#save(trainer, run, title, onProgress));
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
      await this.#end();
      return true;
    });
    if (!done) throw this.saving.error ?? new FaceError('aborted');
  }

  /** Uses the model from before the run again; the trained one stays in the list. */
  async rollBack(run: TrainRunRecord): Promise<void> {
    await this.engine.change({ model: planOf(run).previousModel, precision: 'auto' });
    await this.store.saveRun({ ...run, status: 'discarded', updatedAt: Date.now() });
  }

  async #execute(run: TrainRunRecord, notes: readonly string[]): Promise<void> {
    await this.#end();
    this.run = run;
    this.points = historyOf(run);
    this.notes = notes;
    this.phase = 'preparing';
    await this.#workOn(async (call) => {
      const release = await takeTabLock(`facenet-training-${run.id}`);
      if (!release) throw new FaceError('train/other-tab');
      this.#release = release;
      throwIfAborted(call.signal);
      const trainer = (this.#trainer = this.makeTrainer());
      const pictures = (await readPictures(run.id)) ?? this.#pictures;
      const { worksOn, plan } = await prepareRun(trainer, this.engine.settings.backend, planOf(run), pictures, call);
      this.worksOn = worksOn;
      this.plan = plan;
      this.notes = [...this.notes, ...worksOn.notes, ...plan.notes];
      await this.#train(run, trainer, call);
    });
  }

  /** After a failure frees the worker and notes it in the run. Never rejects. */
  async #workOn(work: (call: TaskCall) => Promise<void>): Promise<void> {
    this.#work = this.task.run(work).then(async () => {
      const { error } = this.task;
      if (!error) return;
      this.#free();
      this.phase = 'stopped';
      if (error.code !== 'train/other-tab') await this.#note({ failure: error.message });
    });
    await this.#work;
  }

  async #train(run: TrainRunRecord, trainer: Trainer, { signal, onProgress }: TaskCall): Promise<void> {
    this.phase = 'training';
    await this.#note({ status: 'running', failure: null });
    const timeLeft = new TimeLeft();
    const result = await trainer.train({
      sink: { runId: run.id },
      signal,
      onProgress,
      onRecovered: (step) => this.#recovered(step),
      onStep: (step) => {
        onProgress(null);
        this.secondsLeft = timeLeft.after(step.step, this.totalSteps, performance.now());
        this.#addStep(step);
      },
    });
    this.secondsLeft = null;
    onProgress(null);
    await this.#note({ step: result.step, epoch: result.epoch, status: result.finished ? 'finished' : 'paused' });
    if (!result.finished) {
      this.phase = 'stopped';
      return;
    }
    this.phase = 'evaluating';
    this.report = await trainer.evaluate(planOf(run).far, { signal, onProgress });
    await this.#note({ report: JSON.stringify(this.report) });
    this.phase = 'evaluated';
  }

  #addStep(step: LoggedStep): void {
    this.points = withStep(this.points, step);
    if (performance.now() - this.#noted > NOTED_MS) void this.#note({ step: step.step, epoch: step.epoch });
  }

  async #save(
    trainer: Trainer,
    run: TrainRunRecord,
    title: string,
    onProgress: TaskCall['onProgress'],
  ): Promise<string> {
    const { recipe, people } = planOf(run);
    // A head trained with the network needs prelogits, which the model file does not give: the nearest face decides.
    const named = recipe.trainable === 'head' ? people.map(({ id }) => id) : [];
    return (await trainer.save({ title, people: named, run: run.id }, { onProgress })).id;
  }

  #recovered(step: number): void {
    this.points = this.points.filter((point) => point.step <= step);
    this.notes = [...this.notes, `The graphics device was lost; the training went back to step ${step} and continues.`];
  }

  /** Updates the run's record; failing to do so does not end the run, as checkpoints report a full store. */
  async #note(changes: Partial<TrainRunRecord>): Promise<void> {
    if (!this.run) return;
    this.#noted = performance.now();
    const run = { ...this.run, ...changes, history: JSON.stringify(this.points), updatedAt: Date.now() };
    this.run = run;
    await this.store.saveRun(run).catch(() => undefined);
  }

  #free(): void {
    this.#trainer?.close();
    this.#trainer = null;
    this.#release?.();
    this.#release = null;
    this.secondsLeft = null;
  }

  /** Ends this tab's work; the run stays in the store. */
  async #end(): Promise<void> {
    this.run = null;
    this.task.abort();
    this.#free();
    await this.#work;
    this.#free(); // what the ending work has acquired
    this.plan = null;
    this.report = null;
    this.task.error = null;
    this.phase = 'idle';
  }

  #assertWriter(): void {
    if (!this.guard.mayWrite()) throw new FaceError('store/other-tab');
  }

  async #list(): Promise<void> {
    this.runs = await this.store.runs();
  }
}

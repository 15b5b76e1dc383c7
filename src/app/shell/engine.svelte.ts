import { FaceError, toFaceError } from '../../core/errors';
import type { FaceNet } from '../../client/faceNet';
import type { FaceNetOptions } from '../../client/options';
import type { EngineState, ModelPlace, Progress } from '../../client/types';
import type { Settings, SettingsStore } from '../../store/schema';

/** Settings whose change restarts the engine. */
const RESTARTING = ['model', 'backend', 'precision'] as const;

/** The models and the backend that runs them, started from the settings and restarted when those change. */
export class Engine {
  status = $state<'starting' | 'ready' | 'failed'>('starting');
  /** During a restart still the previous state. */
  state = $state.raw<EngineState | null>(null);
  progress = $state.raw<Progress | null>(null);
  error = $state.raw<FaceError | null>(null);
  models = $state.raw<readonly ModelPlace[]>([]);
  settings = $state.raw<Settings>()!;

  /** A better embedder that can be downloaded; null when all are here. */
  missing = $derived(
    this.models.find((place) => place.kind === 'embedder' && place.present.length === 0 && place.downloadBytes > 0) ??
      null,
  );
  title = $derived(this.models.find((place) => place.id === this.state?.model)?.title ?? this.state?.model ?? '');

  #ready: Promise<EngineState> | null = null;
  #onModel: (state: EngineState) => Promise<void> = () => Promise.resolve();

  constructor(
    readonly client: FaceNet,
    private readonly store: SettingsStore,
    settings: Settings,
  ) {
    this.settings = settings;
  }

  /** `callback` runs after every start and change of threshold, before `ready()` resolves. */
  onModel(callback: (state: EngineState) => Promise<void>): void {
    this.#onModel = callback;
  }

  /** Starts with the present settings. Never rejects: see `status` and `error`. */
  async start(): Promise<void> {
    this.status = 'starting';
    this.error = null;
    const starting = this.#start();
    this.#ready = starting;
    await starting.then(
      () => this.#ended(starting, 'ready', null),
      (thrown: unknown) => this.#ended(starting, 'failed', toFaceError(thrown)),
    );
    await this.listModels();
  }

  /** Resolves once the engine can be called; rejects with the error of the start. */
  ready(): Promise<EngineState> {
    return this.#ready ?? Promise.reject(new FaceError('internal', { reason: 'the engine was not started' }));
  }

  /** Saves changed settings and applies them. Throws `store/full`. */
  async change(changes: Partial<Settings>): Promise<void> {
    const before = this.settings;
    this.settings = await this.store.save(changes);
    if (RESTARTING.some((key) => before[key] !== this.settings[key])) await this.start();
    else if (before.far !== this.settings.far) await this.#changeFar(this.settings.far);
  }

  /** Lets the worker choose model, backend and precision again, and starts. Throws `store/full`. */
  async startAutomatically(): Promise<void> {
    this.settings = await this.store.save({ model: null, backend: 'auto', precision: 'auto' });
    await this.start();
  }

  async listModels(): Promise<void> {
    this.models = await this.client.call('models', {}).catch(() => this.models);
  }

  async #start(): Promise<EngineState> {
    const onProgress = (progress: Progress): void => void (this.progress = progress);
    const state = await this.client.start({ ...startOptions(this.settings), onProgress });
    this.state = state;
    await this.#onModel(state);
    return state;
  }

  #ended(which: Promise<EngineState>, status: 'ready' | 'failed', error: FaceError | null): void {
    if (this.#ready !== which) return; // a later start has taken over
    this.status = status;
    this.error = error;
    this.progress = null;
  }

  async #changeFar(far: number | null): Promise<void> {
    await this.ready();
    this.state = await this.client.setFar(far);
    await this.#onModel(this.state);
  }
}

export function startOptions({ backend, precision, model, far }: Settings): FaceNetOptions {
  return { offline: true, backend, precision, embedder: model ?? undefined, ...(far !== null && { far }) };
}

import { FaceError } from '../core/errors';
import type { Precision } from '../core/types';
import type { Weights } from '../core/weights';
import type { Engine, Executor } from '../nn/executor';
import type { Graph } from '../nn/graph';

/** Milliseconds to wait before each attempt at a new device: a graphics driver that crashed takes a moment. */
const PAUSES = [0, 500, 2000];

/**
 * `first`, but surviving the loss of its device: a call that fails for it starts a new engine by `restart`, prepares its
 * network there again and is repeated. Throws `backend/device-lost` where no new one can be had.
 */
export function withRecovery(first: Engine, restart: () => Promise<Engine>): Engine {
  return new RecoveringEngine(first, restart);
}

class RecoveringEngine implements Engine {
  private engine!: Engine;
  private lost: string | null = null;
  private restarting: Promise<Engine> | null = null;
  private disposed = false;
  private readonly callbacks: ((reason: string) => void)[] = [];

  constructor(
    first: Engine,
    private readonly restart: () => Promise<Engine>,
  ) {
    this.use(first);
  }

  get name() {
    return this.engine.name;
  }
  get backend() {
    return this.engine.backend;
  }
  get adapter() {
    return this.engine.adapter;
  }
  get softwareAdapter() {
    return this.engine.softwareAdapter;
  }
  get threads() {
    return this.engine.threads;
  }

  async prepare(graph: Graph, weights: Weights, options?: { readonly precision?: Precision }): Promise<Executor> {
    const prepare = (engine: Engine) => engine.prepare(graph, weights, options);
    const executor = new RecoveringExecutor(this, prepare);
    await executor.ready();
    return executor;
  }

  memory() {
    return this.engine.memory();
  }

  /** Called at each loss; the engine recovers. */
  onLost(callback: (reason: string) => void): void {
    this.callbacks.push(callback);
  }

  dispose(): void {
    this.disposed = true;
    this.engine.dispose();
  }

  /** The engine that works now; a new one where the last one's device was lost. */
  current(): Promise<Engine> {
    if (this.lost === null) return Promise.resolve(this.engine);
    return (this.restarting ??= this.rebuild(this.lost).finally(() => (this.restarting = null)));
  }

  /** True when `error` comes from the loss of `engine`'s device. */
  isLoss(error: unknown, engine: Engine): boolean {
    if (this.disposed) return false;
    const byCode = error instanceof FaceError && error.code === 'backend/device-lost';
    if (byCode && engine === this.engine) this.lost ??= error.message;
    return byCode || engine !== this.engine;
  }

  private use(engine: Engine): void {
    this.engine = engine;
    this.lost = null;
    engine.onLost((reason) => {
      if (engine !== this.engine || this.disposed) return;
      this.lost = reason;
      for (const callback of this.callbacks) callback(reason);
    });
  }

  private async rebuild(reason: string): Promise<Engine> {
    this.engine.dispose();
    let cause: unknown;
    for (const pause of PAUSES) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        this.use(await this.restart());
        return this.engine;
      } catch (error) {
        cause = error;
      }
    }
    throw new FaceError('backend/device-lost', { reason }, { cause });
  }
}

/** A network on whichever engine works now. */
class RecoveringExecutor implements Executor {
  private prepared: { readonly engine: Engine; readonly executor: Executor } | null = null;
  private disposed = false;

  constructor(
    private readonly owner: RecoveringEngine,
    private readonly prepare: (engine: Engine) => Promise<Executor>,
  ) {}

  /** There once `ready` has resolved. */
  private get executor(): Executor {
    return this.prepared!.executor;
  }
  get engine() {
    return this.executor.engine;
  }
  get backend() {
    return this.executor.backend;
  }
  get adapter() {
    return this.executor.adapter;
  }
  get inputShapes() {
    return this.executor.inputShapes;
  }
  get outputShapes() {
    return this.executor.outputShapes;
  }

  /** Prepares the network on the engine that works now, unless it is there. */
  ready(): Promise<Executor> {
    return this.repeat((executor) => Promise.resolve(executor));
  }

  run(inputs: readonly Float32Array[]): Promise<Float32Array[]> {
    return this.repeat((executor) => executor.run(inputs));
  }

  dispose(): void {
    this.disposed = true;
    this.executor.dispose();
  }

  /** Calls `work`; again, up to twice, where the device was lost meanwhile. */
  private async repeat<T>(work: (executor: Executor) => Promise<T>): Promise<T> {
    for (let left = 2; ; left--) {
      const engine = await this.owner.current();
      try {
        return await work(await this.on(engine));
      } catch (error) {
        if (left === 0 || this.disposed || !this.owner.isLoss(error, engine)) throw error;
      }
    }
  }

  private async on(engine: Engine): Promise<Executor> {
    if (this.prepared?.engine !== engine) this.prepared = { engine, executor: await this.prepare(engine) };
    return this.prepared.executor;
  }
}

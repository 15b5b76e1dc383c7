/**
 * The workers that are LiteRT's threads. Its script starts them by `new Worker`, gives each network its own, reuses those of
 * a freed network, and never ends any; this class does.
 */
export class LiteRtThreads {
  private readonly workers: Worker[] = [];

  /**
   * Calls `work` and waits until all workers started by its synchronous part run. Otherwise freeing a new network would
   * deadlock: it blocks this thread until the network's threads end, and a worker cannot start while its creator is blocked.
   */
  async running<T>(work: () => T | Promise<T>): Promise<T> {
    const scope = globalThis as { Worker: typeof Worker };
    const { workers } = this;
    const before = workers.length;
    const Original = scope.Worker;
    scope.Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        workers.push(this);
      }
    };
    let result: T | Promise<T>;
    try {
      result = work();
    } finally {
      scope.Worker = Original;
    }
    await Promise.all(workers.slice(before).map(firstMessage));
    return result;
  }

  /** Ends them all; the module cannot be used afterwards. */
  terminate(): void {
    for (const worker of this.workers) worker.terminate();
  }
}

/**
 * Calls `start`, which instantiates the module, with `navigator.hardwareConcurrency` set to `workers`: the module's initial
 * number of workers.
 */
export function withStock<T>(workers: number, start: () => T): T {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: workers, configurable: true });
  try {
    return start();
  } finally {
    delete (navigator as { hardwareConcurrency?: number }).hardwareConcurrency;
  }
}

/** Resolves when the worker reports that it has loaded, or failed to. */
function firstMessage(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    for (const type of ['message', 'error'])
      worker.addEventListener(
        type,
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

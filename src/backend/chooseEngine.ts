import { FaceError, toFaceError, type ErrorCode } from '../core/errors';
import type { BackendName, EngineName } from '../core/types';
import type { Engine } from '../nn/executor';
import { adapterKind } from '../nn/litertGpu';
import { createEngine, type CreateEngine, type EngineChoice } from './createEngine';
import { withRecovery } from './recovery';

export interface EnginePreferences {
  readonly backend?: BackendName | 'auto' | undefined;
  readonly engine?: EngineName | undefined;
  readonly threads?: number | undefined;
}

/** The engine that works, and the result of trying it out. */
export interface ChosenEngine<T> {
  readonly engine: Engine;
  readonly value: T;
  /** A sentence for the user about each engine that failed before. */
  readonly notes: readonly string[];
}

/** Failures for which another engine or backend is tried. */
const MACHINE_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'backend/unavailable',
  'backend/self-test-failed',
  'backend/device-lost',
  'nn/unsupported-op',
]);

/**
 * The first engine that starts and passes `tryOut`, which prepares what is needed, warms it up and throws
 * `backend/self-test-failed` when its numbers are not those expected. A device lost later is rebuilt, and the call
 * repeated. Throws `tryOut`'s other errors at once, and the last engine's where none works.
 */
export async function chooseEngine<T>(
  preferences: EnginePreferences,
  tryOut: (engine: Engine, choice: EngineChoice) => Promise<T>,
  create: CreateEngine = createEngine,
): Promise<ChosenEngine<T>> {
  const notes: string[] = [];
  let failure = new FaceError('backend/unavailable', { backend: 'Any engine', reason: 'none was tried' });
  for (const choice of await choices(preferences)) {
    let engine: Engine | undefined;
    try {
      const start = () => create(choice, preferences.threads);
      engine = choice.backend === 'webgpu' ? withRecovery(await start(), start) : await start();
      return { engine, value: await tryOut(engine, choice), notes };
    } catch (thrown) {
      engine?.dispose();
      failure = toFaceError(thrown);
      if (!MACHINE_ERRORS.has(failure.code)) throw failure;
      notes.push(failure.message);
    }
  }
  throw failure;
}

/**
 * What to try, best first. Unless asked for, WebGPU is left out where there is no adapter, or only one that is the CPU in
 * disguise, and so is tfjs on WebGPU: LiteRT.js on WASM is faster.
 */
export async function choices({ backend = 'auto', engine }: EnginePreferences): Promise<EngineChoice[]> {
  const backends: BackendName[] =
    backend === 'wasm' || (backend === 'auto' && (await adapterKind()) !== 'hardware') ? ['wasm'] : ['webgpu', 'wasm'];
  const engines: EngineName[] = engine === 'tfjs' ? ['tfjs'] : ['litert', 'tfjs'];
  return backends
    .flatMap((on) => engines.map((name) => ({ engine: name, backend: on })))
    .filter((each) => engine === 'tfjs' || each.engine === 'litert' || each.backend === 'wasm' || backend === 'webgpu');
}

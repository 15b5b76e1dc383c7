import { throwIfAborted } from '../src/core/abort';
import { FaceError, toFaceError } from '../src/core/errors';
import type { BackendName, EngineName, Precision } from '../src/core/types';
import type { Engine } from '../src/nn/executor';
import { createLiteRtEngine } from '../src/nn/litert';
import { createPipeline, type Pipeline } from '../src/pipeline/recognise';
import { loadWeights } from '../src/weights/load';
import { chooseEmbedder, choosePrecision, findFiles, type PresentFiles } from '../src/weights/present';
import type { EmbedderRow, ModelRow } from '../src/weights/registry';
import { FACENET, MTCNN } from '../src/weights/rows';
import { assertGolden, checkFace } from './embedderCheck';
import type { Progress, StartOptions } from './protocol';

/** One choice of model, engine, backend and precision: loaded, checked and warm. */
export interface Session {
  readonly row: EmbedderRow;
  readonly precision: Precision;
  readonly engine: Engine;
  readonly pipeline: Pipeline;
  /** Sentences about what is not as asked, or not as usual. */
  readonly notes: readonly string[];
  dispose(): Promise<void>;
}

export interface SessionContext {
  /** The models folder's whole address, with a slash at the end. */
  readonly modelsUrl: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

interface Candidate {
  readonly engine: EngineName;
  readonly backend: BackendName;
}
const CREATE = {
  litert: createLiteRtEngine,
  // Its megabyte of script is loaded only where it is needed.
  tfjs: async (options: Parameters<typeof createLiteRtEngine>[0]) =>
    (await import('../src/nn/tfjs')).createTfjsEngine(options),
} as const;
const TITLES = { litert: 'LiteRT.js', tfjs: 'TensorFlow.js', wasm: 'WASM', webgpu: 'WebGPU' } as const;
const titleOf = ({ engine, backend }: Candidate) => `${TITLES[engine]} on ${TITLES[backend]}`;

/** What a machine may fail at that another engine or backend of it may not. */
const MACHINE_ERRORS = new Set([
  'backend/unavailable',
  'backend/self-test-failed',
  'backend/device-lost',
  'nn/unsupported-op',
]);

/**
 * Opens what was asked for or, where the machine fails at it, the next best, with a note. Throws loadWeights' and
 * choosePrecision's errors, `weights/unknown-model`, `aborted`, and what the last engine threw when none works.
 */
export async function openSession(options: StartOptions, context: SessionContext): Promise<Session> {
  const files = await findFiles(context.modelsUrl, context.signal);
  const row = chooseEmbedder(files, options.model);
  const notes: string[] = [];
  if (options.model === undefined && row !== FACENET)
    notes.push(
      `${FACENET.title} is not here: ${row.title} is used. Get the FaceNet model in Settings, or run: npm run models`,
    );
  let failure = new FaceError('backend/unavailable', { backend: 'Any engine', reason: 'none was tried' });
  for (const candidate of candidatesFor(options)) {
    throwIfAborted(context.signal);
    try {
      return await openOn(candidate, row, files, options, context, notes);
    } catch (thrown) {
      failure = toFaceError(thrown);
      if (!MACHINE_ERRORS.has(failure.code)) throw failure;
      notes.push(failure.message);
    }
  }
  throw failure;
}

/** Best first. tfjs on WebGPU only where WebGPU was asked for: LiteRT.js on WASM is faster. */
function candidatesFor({ backend = 'auto', engine = 'litert' }: StartOptions): Candidate[] {
  const backends: BackendName[] = backend === 'wasm' ? ['wasm'] : ['webgpu', 'wasm'];
  return backends
    .flatMap((each): Candidate[] => [
      { engine: 'litert', backend: each },
      { engine: 'tfjs', backend: each },
    ])
    .filter(
      (each) => each.engine === engine || (engine === 'litert' && (each.backend === 'wasm' || backend === 'webgpu')),
    );
}

async function openOn(
  candidate: Candidate,
  row: EmbedderRow,
  files: PresentFiles,
  options: StartOptions,
  context: SessionContext,
  notes: string[],
): Promise<Session> {
  context.progress({ stage: `Starting ${titleOf(candidate)}`, done: 0, total: 0, unit: 'steps' });
  const { threads } = options;
  const engine = await CREATE[candidate.engine]({ backend: candidate.backend, ...(threads && { threads }) });
  try {
    if (engine.softwareAdapter && options.backend !== 'webgpu')
      throw new FaceError('backend/unavailable', {
        backend: TITLES.webgpu,
        reason: `its adapter (${engine.adapter}) is the processor itself, which WASM uses better.`,
      });
    const detectorWeights = await load(MTCNN, choosePrecision(MTCNN, files, engine.backend), context);
    let left = files;
    for (;;) {
      const precision = choosePrecision(row, left, engine.backend, options.precision);
      try {
        const pipeline = await openPipeline(engine, row, precision, detectorWeights, context);
        const dispose = async () => {
          await pipeline.dispose();
          engine.dispose();
        };
        return { row, precision, engine, pipeline, notes, dispose };
      } catch (thrown) {
        left = without(left, row, precision);
        const isLast = options.precision !== undefined || left.all.get(row.id)?.length === 0;
        if (isLast || toFaceError(thrown).code !== 'backend/self-test-failed') throw thrown;
        notes.push(toFaceError(thrown).message);
      }
    }
  } catch (thrown) {
    engine.dispose();
    throw thrown;
  }
}

async function openPipeline(
  engine: Engine,
  row: EmbedderRow,
  precision: Precision,
  detectorWeights: Awaited<ReturnType<typeof load>>,
  context: SessionContext,
): Promise<Pipeline> {
  const embedderWeights = await load(row, precision, context);
  let done = 0;
  const step = () => {
    throwIfAborted(context.signal);
    context.progress({ stage: 'Preparing the networks', done: done++, total: 3, unit: 'steps' });
  };
  step();
  const pipeline = await createPipeline({ engine, detectorWeights, embedderRow: row, embedderWeights, precision });
  try {
    step();
    await pipeline.warmUp();
    step();
    const [embedding] = await pipeline.embedAligned([checkFace(row.inputSize)]);
    assertGolden(
      embedding!,
      precision,
      `${row.title} in ${precision} with ${titleOf({ engine: engine.name, backend: engine.backend })}`,
    );
    step();
    return pipeline;
  } catch (thrown) {
    await pipeline.dispose();
    throw thrown;
  }
}

function load(row: ModelRow, precision: Precision, { modelsUrl, signal, progress }: SessionContext) {
  const onProgress = (done: number, total: number) =>
    progress({ stage: `Loading ${row.title}`, done, total, unit: 'bytes' });
  return loadWeights(row, precision, { modelsUrl, signal, onProgress });
}

function without(files: PresentFiles, { id }: ModelRow, precision: Precision): PresentFiles {
  return {
    ...files,
    all: new Map(files.all).set(
      id,
      (files.all.get(id) ?? []).filter((each) => each !== precision),
    ),
  };
}

import { chooseEngine } from '../src/backend/chooseEngine';
import { createEngine, type CreateEngine } from '../src/backend/createEngine';
import { throwIfAborted } from '../src/core/abort';
import { toFaceError } from '../src/core/errors';
import type { Precision } from '../src/core/types';
import type { Weights } from '../src/core/weights';
import type { Engine } from '../src/nn/executor';
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

/**
 * Opens what was asked for or, where the machine fails at it, the next best, with a note. Throws loadWeights' and
 * choosePrecision's errors, `weights/unknown-model`, `aborted`, and what the last engine threw when none works. Tests
 * give a `create` of their own, whose engines are broken.
 */
export async function openSession(
  options: StartOptions,
  context: SessionContext,
  create: CreateEngine = createEngine,
): Promise<Session> {
  const files = await findFiles(context.modelsUrl, context.signal);
  const row = chooseEmbedder(files, options.model);
  const notes: string[] = [];
  if (options.model === undefined && row !== FACENET)
    notes.push(
      `${FACENET.title} is not here: ${row.title} is used. Get the FaceNet model in Settings, or run: npm run models`,
    );
  context.progress({ stage: 'Starting the engine', done: 0, total: 0, unit: 'steps' });
  // The engine starts meanwhile.
  const detectorWeights = load(MTCNN, choosePrecision(MTCNN, files, 'wasm'), context);
  detectorWeights.catch(() => {}); // thrown again where it is waited for
  const chosen = await chooseEngine(
    options,
    async (engine) => openFirstGood(engine, row, files, await detectorWeights, options.precision, context, notes),
    create,
  );
  const { engine, value } = chosen;
  return {
    ...value,
    row,
    engine,
    notes: [...notes, ...chosen.notes],
    async dispose() {
      await value.pipeline.dispose();
      engine.dispose();
    },
  };
}

/** In the precision asked for, or in the usual one and, when its numbers are wrong here, in those that are left. */
async function openFirstGood(
  engine: Engine,
  row: EmbedderRow,
  files: PresentFiles,
  detectorWeights: Weights,
  asked: Precision | undefined,
  context: SessionContext,
  notes: string[],
): Promise<{ readonly pipeline: Pipeline; readonly precision: Precision }> {
  let left = files;
  for (;;) {
    const precision = choosePrecision(row, left, engine.backend, asked);
    try {
      return { precision, pipeline: await openPipeline(engine, row, precision, detectorWeights, context) };
    } catch (thrown) {
      const error = toFaceError(thrown);
      left = without(left, row, precision);
      const isLast = asked !== undefined || left.all.get(row.id)?.length === 0;
      if (isLast || error.code !== 'backend/self-test-failed') throw thrown;
      notes.push(error.message);
    }
  }
}

async function openPipeline(
  engine: Engine,
  row: EmbedderRow,
  precision: Precision,
  detectorWeights: Weights,
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
    assertGolden(embedding!, precision, { engine: engine.name, backend: engine.backend });
    step();
    return pipeline;
  } catch (thrown) {
    await pipeline.dispose();
    throw thrown;
  }
}

function load(row: ModelRow, precision: Precision, { modelsUrl, signal, progress }: SessionContext): Promise<Weights> {
  const onProgress = (done: number, total: number) =>
    progress({ stage: `Loading ${row.title}`, done, total, unit: 'bytes' });
  return loadWeights(row, precision, { modelsUrl, signal, onProgress });
}

function without(files: PresentFiles, { id }: ModelRow, precision: Precision): PresentFiles {
  const left = (files.all.get(id) ?? []).filter((each) => each !== precision);
  return { ...files, all: new Map(files.all).set(id, left) };
}

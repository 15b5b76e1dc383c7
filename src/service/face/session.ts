import { chooseEngine, choices } from '../../backend/chooseEngine';
import { createEngine, type CreateEngine } from '../../backend/createEngine';
import { throwIfAborted } from '../../core/abort';
import { toFaceError } from '../../core/errors';
import type { Precision } from '../../core/types';
import type { Weights } from '../../core/weights';
import type { Engine } from '../../nn/executor';
import { createPipeline, type Pipeline } from '../../pipeline/recognise';
import type { Cohort } from '../../core/cohort';
import { namingHead, type NamingHead } from '../../pipeline/namingHead';
import { modelFileName } from '../../weights/files';
import { loadWeights } from '../../weights/load';
import { chooseEmbedder, choosePrecision, findFiles, withTrained, type PresentFiles } from '../../weights/present';
import type { EmbedderRow, ModelRow } from '../../weights/registry';
import { FACENET, MTCNN } from '../../weights/rows';
import { ownCohort } from '../../weights/cohorts';
import { checkFace } from '../../core/checkFace';
import { siteCohort } from './siteCohort';
import { assertDetected, assertGolden, DETECTED_SIZE } from './selfTest';
import type { Progress, StartOptions } from '../../../workers/protocol';
import { fetchModelFile, readTrainedFile, trainedRows, trainedWeights } from './trainedModels';

/** One choice of model, engine, backend and precision: loaded, checked and warm. */
export interface Session {
  readonly row: EmbedderRow;
  readonly precision: Precision;
  readonly engine: Engine;
  readonly pipeline: Pipeline;
  /** Its cohort, loaded when it is first asked for; null for a model that has none. Throws `weights/no-cohort`. */
  cohort(): Promise<Cohort | null>;
  /** Of a trained model that names people by itself. */
  readonly head: NamingHead | null;
  /** Sentences about what is not as asked, or not as usual. */
  readonly notes: readonly string[];
  dispose(): Promise<void>;
}

export interface SessionContext {
  /** The models folder's whole address, with a slash at the end. */
  readonly modelsUrl: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly keep?: boolean | undefined;
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
  const given = options.modelFile
    ? await readTrainedFile(await fetchModelFile(options.modelFile, context.signal), options.modelFile.name)
    : null;
  const known = withTrained(await findFiles(context.modelsUrl, context.signal), await trainedRows());
  const files = given ? withTrained(known, [given.row]) : known;
  const row = given?.row ?? chooseEmbedder(files, options.model);
  const notes: string[] = [];
  if (options.model === undefined && !given && row !== FACENET)
    notes.push(
      `${FACENET.title} is not here: ${row.title} is used. Get the FaceNet model in Settings, or run: npm run models`,
    );
  context.progress({ stage: 'Starting the engine', done: 0, total: 0, unit: 'steps' });
  const load = loader(context, given);
  // The weights come while the engine starts. Errors are thrown again where the weights are waited for.
  const [first] = await choices(options);
  load(MTCNN, choosePrecision(MTCNN, files, 'wasm')).catch(() => {});
  load(row, choosePrecision(row, files, first?.backend ?? 'wasm', options.precision)).catch(() => {});
  const chosen = await chooseEngine(
    options,
    (engine) => openFirstGood({ engine, row, files, load, context, asked: options.precision, notes }),
    create,
  );
  const { engine } = chosen;
  const { own, ...value } = chosen.value;
  return {
    ...value,
    row,
    engine,
    cohort: cohortLoader(row, own, context),
    notes: [...notes, ...chosen.notes],
    async dispose() {
      await value.pipeline.dispose();
      engine.dispose();
    },
  };
}

type Load = (row: ModelRow, precision: Precision) => Promise<Weights>;
interface Attempt {
  readonly engine: Engine;
  readonly row: EmbedderRow;
  readonly files: PresentFiles;
  readonly load: Load;
  readonly context: SessionContext;
  readonly asked: Precision | undefined;
  readonly notes: string[];
}

type Opened = Pick<Session, 'pipeline' | 'precision' | 'head'> & {
  /** The cohort in the model's own file. */
  readonly own: Cohort | null;
};

/** In the precision asked for, or in the usual one and, when its numbers are wrong here, in those that are left. */
async function openFirstGood(attempt: Attempt): Promise<Opened> {
  const { engine, row, asked, notes } = attempt;
  let left = attempt.files;
  for (;;) {
    const precision = choosePrecision(row, left, engine.backend, asked);
    try {
      const pipeline = await openPipeline(attempt, precision);
      const weights = await attempt.load(row, precision);
      return { precision, pipeline, head: namingHead(row, weights), own: ownCohort(row, weights, row.title) };
    } catch (thrown) {
      const error = toFaceError(thrown);
      left = without(left, row, precision);
      const isLast = asked !== undefined || left.all.get(row.id)?.length === 0;
      // Another precision helps only where this one's numbers were wrong.
      if (isLast || error.code !== 'backend/self-test-failed' || !('precision' in error.details)) throw thrown;
      notes.push(error.message);
    }
  }
}

/** Compiles, warms up and checks. */
async function openPipeline({ engine, row, files, load, context }: Attempt, precision: Precision): Promise<Pipeline> {
  const detectorWeights = await load(MTCNN, choosePrecision(MTCNN, files, 'wasm'));
  const embedderWeights = await load(row, precision);
  let done = 0;
  const step = () => {
    throwIfAborted(context.signal);
    context.progress({ stage: 'Preparing the networks', done: done++, total: 4, unit: 'steps' });
  };
  step();
  const pipeline = await createPipeline({ engine, detectorWeights, embedderRow: row, embedderWeights, precision });
  try {
    step();
    await pipeline.warmUp();
    step();
    const choice = { engine: engine.name, backend: engine.backend };
    const { faces } = await pipeline.detect(checkFace(DETECTED_SIZE), { detect: { minSize: DETECTED_SIZE / 2 } });
    assertDetected(faces, choice);
    step();
    const [embedding] = await pipeline.embedAligned([checkFace(row.inputSize)]);
    assertGolden(embedding!, precision, choice, row.trained);
    step();
    return pipeline;
  } catch (thrown) {
    await pipeline.dispose();
    throw thrown;
  }
}

/** The model's own, or the site's, loaded once; after a failure again. */
function cohortLoader(
  { cohort }: EmbedderRow,
  own: Cohort | null,
  { modelsUrl, keep }: SessionContext,
): () => Promise<Cohort | null> {
  let loading: Promise<Cohort> | null = null;
  return async () => {
    if (!cohort || 'own' in cohort) return own;
    loading ??= siteCohort(cohort, modelsUrl, { keep }).catch((thrown: unknown) => {
      loading = null;
      throw thrown;
    });
    return loading;
  };
}

/** Loads each file once, telling each hundredth. */
function loader(
  { modelsUrl, signal, progress, keep }: SessionContext,
  given: { readonly row: EmbedderRow; readonly weights: Weights } | null,
): Load {
  const loads = new Map<string, Promise<Weights>>();
  return (row, precision) => {
    const key = modelFileName(row.id, precision);
    let told = 0;
    const onProgress = (done: number, total: number) => {
      if (done < total && done - told < total / 100) return;
      told = done;
      progress({ stage: `Loading ${row.title}`, done, total, unit: 'bytes' });
    };
    const get = async () => {
      if (row === given?.row) return given.weights;
      if (row.kind === 'embedder' && row.trained) return trainedWeights(row, precision);
      return loadWeights(row, precision, { modelsUrl, signal, onProgress, keep });
    };
    const weights = loads.get(key) ?? get();
    loads.set(key, weights);
    return weights;
  };
}

function without(files: PresentFiles, { id }: ModelRow, precision: Precision): PresentFiles {
  const left = (files.all.get(id) ?? []).filter((each) => each !== precision);
  return { ...files, all: new Map(files.all).set(id, left) };
}

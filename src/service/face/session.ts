import { chooseEngine, choices } from '../../backend/chooseEngine';
import { createEngine, type CreateEngine } from '../../backend/createEngine';
import { throwIfAborted } from '../../core/abort';
import type { CallContext } from '../../core/call';
import { toFaceError } from '../../core/errors';
import type { BackendName, CropKind, EngineName, Precision } from '../../core/types';
import type { Weights } from '../../core/weights';
import type { Engine } from '../../nn/executor';
import { createPipeline, type Pipeline } from '../../pipeline/recognise';
import type { Cohort, CohortUse } from '../../core/cohort';
import { storedClassifier, type NameClassifier } from '../../pipeline/nameClassifier';
import { limitsOf } from '../../weights/calibration';
import { modelFileName } from '../../weights/files';
import { loadWeights } from '../../weights/load';
import { chooseEmbedder, choosePrecision, findFiles, withTrained, type PresentFiles } from '../../weights/present';
import type { EmbedderRow, ModelRow } from '../../weights/modelRow';
import { FACENET, MTCNN } from '../../weights/registry';
import { cohortUse, ownCohort } from '../../weights/cohorts';
import { checkFace } from '../../core/checkFace';
import { loadingProgress } from '../loadingProgress';
import { siteCohort } from '../siteCohort';
import { assertDetected, assertGolden, DETECTED_SIZE } from './selfTest';
import { fetchModelFile, readTrainedFile, trainedRows, keptWeights, type ModelFileRef } from './trainedModels';

/** What the caller wants; anything left out is chosen here. */
export interface StartOptions {
  /** Embedder's registry id; the default is FaceNet where its file is here, else the embedded MobileFaceNet. */
  readonly model?: string;
  /** Instead of a known model: a file that was trained with this program and describes itself. */
  readonly modelFile?: ModelFileRef;
  readonly backend?: BackendName | 'auto';
  readonly engine?: EngineName;
  readonly precision?: Precision;
  readonly threads?: number;
  /** False-accept rate of one comparison, by which the threshold is set; the model's own default otherwise. */
  readonly far?: number;
  /** Keep what is loaded (model files, the engine) in browser storage, so that the next start needs no network. */
  readonly keepForOffline?: boolean;
  /** Where model files lie; default the page's `models/`. */
  readonly modelsUrl?: string;
}

/** What really runs. */
export interface EngineState {
  readonly model: string;
  readonly engine: EngineName;
  readonly backend: BackendName;
  readonly precision: Precision;
  readonly adapter: string | null;
  readonly softwareAdapter: boolean;
  readonly threads: number;
  /** Normalised distance (see core/cohort.ts) up to which two faces are one person. */
  readonly threshold: number;
  /** The plain distance of the same rate: what would decide without a cohort. */
  readonly plainThreshold: number;
  /** Normalised distance up to which two pictures in a set of people who are all different show one person. */
  readonly twiceDistance: number;
  /** How an embedding's scale follows from the mean it carries; null where plain distances decide. */
  readonly cohort: CohortUse | null;
  readonly far: number;
  readonly crop: CropKind;
  /** Length of the embeddings. */
  readonly embeddingSize: number;
  /** Sentences for the user about choices that were not as asked: a backend that failed its self-test, say. */
  readonly notes: readonly string[];
}

/** One choice of model, engine, backend and precision: loaded, checked and warm. */
export interface Session {
  readonly row: EmbedderRow;
  readonly precision: Precision;
  readonly engine: Engine;
  readonly pipeline: Pipeline;
  /** Its cohort, loaded when it is first asked for; null for a model that has none. Throws `weights/no-cohort`. */
  readonly cohort: () => Promise<Cohort | null>;
  /** Of a trained model whose file holds one. */
  readonly classifier: NameClassifier | null;
  /** Sentences about what is not as asked, or not as usual. */
  readonly notes: readonly string[];
  dispose(): void;
}

export interface SessionContext extends CallContext {
  /** The models folder's whole address, with a slash at the end. */
  readonly modelsUrl: string;
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
    dispose() {
      value.pipeline.dispose();
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

type Opened = Pick<Session, 'pipeline' | 'precision' | 'classifier'> & {
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
      const classifier = storedClassifier(row, weights);
      return { precision, pipeline, classifier, own: ownCohort(row, weights, row.title) };
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
    const { faces } = await pipeline.detect({
      picture: checkFace(DETECTED_SIZE),
      options: { minSize: DETECTED_SIZE / 2 },
    });
    assertDetected(faces, choice);
    step();
    const [embedding] = await pipeline.embedAligned([checkFace(row.inputSize)]);
    assertGolden(embedding!, precision, choice, row.trained);
    step();
    return pipeline;
  } catch (thrown) {
    pipeline.dispose();
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

/** Loads each file once. */
function loader(
  { modelsUrl, signal, progress, keep }: SessionContext,
  given: { readonly row: EmbedderRow; readonly weights: Weights } | null,
): Load {
  const loads = new Map<string, Promise<Weights>>();
  return (row, precision) => {
    const key = modelFileName(row.id, precision);
    const get = async () => {
      if (row === given?.row) return given.weights;
      if (row.kind === 'embedder' && row.trained) return keptWeights(row, precision);
      return loadWeights(row, precision, { modelsUrl, signal, onProgress: loadingProgress(row, progress), keep });
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

/** What the callers see of a session, at a false-accept rate (null: the model's own). Throws `config/bad-value`. */
export function stateOf({ row, precision, engine, notes }: Session, far: number | null): EngineState {
  const { name, backend, adapter, softwareAdapter, threads } = engine;
  const { normalised, plain, twice } = limitsOf(row, far);
  return {
    model: row.id,
    engine: name,
    backend,
    precision,
    adapter,
    softwareAdapter,
    threads,
    threshold: normalised,
    plainThreshold: plain,
    twiceDistance: twice,
    cohort: row.cohort ? cohortUse(row.cohort) : null,
    far: far ?? row.defaultFar,
    crop: row.crop,
    embeddingSize: row.embeddingSize,
    notes,
  };
}

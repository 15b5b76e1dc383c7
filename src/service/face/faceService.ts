import { FaceError } from '../../core/errors';
import { packPoints } from '../../cluster/points';
import { cohortMean } from '../../core/cohort';
import type { Embedding, GalleryFace } from '../../core/types';
import { writeNpy } from '../../weights/formats/npy';
import { packGallery, type Gallery } from '../../pipeline/gallery';
import { matchFace, type MatchRule } from '../../pipeline/match';
import { decisionOf, farAt, limitsOf } from '../../weights/calibration';
import { cohortUse } from '../../weights/cohorts';
import { importModelFile, removeModel } from '../../weights/install';
import { findFiles, modelPlace, withTrained } from '../../weights/present';
import type { EmbedderRow, ModelRow } from '../../weights/registry';
import { findEmbedder, findModel, MODELS } from '../../weights/rows';
import { isTrainedFile, MAX_HEADER_BYTES, MAX_TRAINED_BYTES } from '../../weights/trained';
import { runBenchmark } from './benchmark';
import { runBias } from './bias';
import { installElsewhere } from '../../../workers/installElsewhere';
import { keepLoadedAssets } from './keepAssets';
import type { EngineState, Ops } from '../../../workers/protocol';
import { compareNamingElsewhere, groupElsewhere } from '../../../workers/elsewhere';
import { logisticHead } from './naming';
import type { Handlers, ServeOptions } from '../../../workers/rpc';
import { FACE_RESULT_TRANSFERS, FACE_TRANSFERS } from '../../../workers/faceTransfers';
import { exportModel } from './exportModel';
import { openSession, type Session } from './session';
import { Videos } from './videos';
import { importTrained, removeTrained, renameTrained, saveTrained, trainedRows } from './trainedModels';

/**
 * Work on pictures runs in order. Model files are got, faces grouped and ways to name compared in lanes of their own, so
 * that people are recognised meanwhile; questions are answered at once.
 */
export const FACE_SERVE_OPTIONS: ServeOptions<Ops> = {
  owned: FACE_TRANSFERS,
  transfers: FACE_RESULT_TRANSFERS,
  lanes: {
    downloadModel: 'files',
    importModel: 'files',
    removeModel: 'files',
    saveTrained: 'files',
    renameModel: 'files',
    exportModel: 'files',
    groupFaces: 'grouping',
    compareNaming: 'naming',
    models: 'questions',
    memory: 'questions',
  },
};

/** The page's `models/`: the worker's script lies in a folder beside it, in the dev server and in the build. */
const MODELS_URL = new URL('../models/', self.location.href).href;

/** Pictures between two looks whether the caller still wants them. */
const EMBEDDED_AT_ONCE = 32;
/** Networks on WASM run without letting events in: an abort would arrive only when all is done. */
const messagesArrive = () => new Promise((resolve) => setTimeout(resolve));

interface Matching {
  readonly gallery: Gallery;
  readonly rule: MatchRule;
}

/** What answers every operation of the protocol. */
export function createFaceHandlers(): Handlers<Ops> {
  let session: Session | null = null;
  let modelsUrl = MODELS_URL;
  let far: number | null = null;
  /** Known faces of all models; those of the present one are packed when they are first needed. */
  let known: readonly GalleryFace[] = [];
  let naming: 'nearest' | 'logistic' = 'nearest';
  /** By what faces are matched now; made when first asked for, and again after a change of people, model, rate or way to name. */
  let matching: Promise<Matching> | null = null;

  const videos = new Videos();

  function running(): Session {
    if (!session) throw new FaceError('backend/not-started');
    return session;
  }
  async function makeMatching(current: Session): Promise<Matching> {
    const { row } = current;
    const cohort = await current.cohort();
    const gallery = packGallery(known, row.id, row.embeddingSize, cohort);
    const head = (naming === 'logistic' ? logisticHead(gallery) : null) ?? current.head;
    const decision = decisionOf(row);
    return {
      gallery,
      rule: { threshold: thresholdOf(row, far), farAt: (distance) => farAt(decision, distance), cohort, head },
    };
  }
  function matchingOf(current: Session): Promise<Matching> {
    const made = (matching ??= makeMatching(current));
    made.catch(() => {
      if (matching === made) matching = null;
    });
    return made;
  }
  const filesAt = async (url: string) => withTrained(await findFiles(url), await trainedRows());
  const placeOf = async (row: ModelRow) => modelPlace(row, await filesAt(modelsUrl));
  /** The folder that the caller names, else the one in use. */
  const urlOf = (wanted: string | undefined) =>
    wanted === undefined ? modelsUrl : new URL(wanted, self.location.href).href;

  return {
    async start(options, { signal, progress }) {
      const url = options.modelsUrl === undefined ? MODELS_URL : new URL(options.modelsUrl, self.location.href).href;
      const opened = await openSession(options, { modelsUrl: url, signal, progress, keep: options.keepForOffline });
      // Only now, when the new one works, does the old one go.
      const old = session;
      const wanted = options.far ?? null;
      try {
        thresholdOf(opened.row, wanted);
      } catch (thrown) {
        await opened.dispose();
        throw thrown;
      }
      session = opened;
      videos.clear(); // their views are the old model's
      modelsUrl = url;
      far = wanted;
      matching = null;
      await old?.dispose();
      if (options.keepForOffline) void keepLoadedAssets();
      return stateOf(opened, far);
    },
    detect: ({ picture, name, options }, { signal }) =>
      running().pipeline.detect(picture, { signal, ...(name && { name }), ...(options && { detect: options }) }),
    async recognise({ picture, name, options = {} }, { signal }) {
      const current = running();
      const { faces: which = 'all', keepCrops = false, ...detect } = options;
      const call = { signal, ...(name && { name }), detect, faces: which, keepCrops };
      return current.pipeline.recognise(picture, { ...call, ...(await matchingOf(current)) });
    },
    async track({ session: name, picture, options, ...rest }, { signal, progress }) {
      const current = running();
      const call = { ...rest, signal, onFaces: progress, ...(options && { detect: options }) };
      return current.pipeline.track(picture, videos.of(name), { ...call, ...(await matchingOf(current)) });
    },
    async trackedFace({ session: name, id }) {
      return videos.of(name).best(id, await matchingOf(running()));
    },
    endTrack: ({ session: name }) => ({ ended: videos.end(name) }),
    async embedFaces({ pictures, options }, { signal }) {
      const { crops, margins, mirror, noFace, ...detect } = options;
      await messagesArrive();
      return running().pipeline.embedFaces(pictures, { detect, crops, margins, mirror, noFace, signal });
    },
    async embedAligned({ pictures }, { signal }) {
      const { pipeline, cohort: loadCohort } = running();
      const cohort = await loadCohort();
      const embeddings: Embedding[] = [];
      for (let start = 0; start < pictures.length; start += EMBEDDED_AT_ONCE) {
        await messagesArrive();
        embeddings.push(
          ...(await pipeline.embedAligned(pictures.slice(start, start + EMBEDDED_AT_ONCE), { signal, cohort })),
        );
      }
      return embeddings;
    },
    embedStored: async ({ crops }, { signal, progress }) =>
      running().pipeline.embedStored(crops, {
        signal,
        cohort: await running().cohort(),
        onDone: (done) => progress({ stage: 'Learning faces anew', done, total: crops.length, unit: 'pictures' }),
      }),
    align: ({ picture, name, options, ...rest }, { signal }) =>
      running().pipeline.align(picture, {
        signal,
        ...(name && { name }),
        ...(options && { detect: options }),
        ...rest,
      }),
    setGallery({ faces }) {
      known = faces;
      matching = null;
      return { people: new Set(faces.map(({ person }) => person)).size, faces: faces.length };
    },
    async match({ embeddings }) {
      const { gallery, rule } = await matchingOf(running());
      return embeddings.map((embedding) => matchFace(embedding, gallery, rule));
    },
    async cohortMeans({ vectors }) {
      const cohort = await running().cohort();
      return cohort ? vectors.map((vector) => ({ cohort: cohort.id, mean: cohortMean(cohort, vector) })) : null;
    },
    async groupFaces(req, context) {
      const { row, cohort } = running();
      return groupElsewhere(req, row, await cohort(), context);
    },
    compareNaming: async (_req, context) => compareNamingElsewhere((await matchingOf(running())).gallery, context),
    setNaming({ method }) {
      naming = method;
      matching = null;
      return null;
    },
    encodeNpy({ rows }) {
      const { count, size, vectors } = packPoints(rows);
      return writeNpy({ shape: [count, size], data: vectors });
    },
    setFar(req) {
      const current = running();
      thresholdOf(current.row, req.far);
      far = req.far;
      matching = null;
      return stateOf(current, far);
    },
    async models(req) {
      const files = await filesAt(urlOf(req.modelsUrl));
      return [...MODELS, ...files.trained].map((row) => modelPlace(row, files));
    },
    async downloadModel({ id, baseUrl }, { signal, progress }) {
      const row = findModel(id);
      await installElsewhere({ id, ...(baseUrl !== undefined && { baseUrl }) }, { signal, onProgress: progress });
      return placeOf(row);
    },
    async importModel({ file, name }, { progress }) {
      progress({ stage: `Checking ${name}`, done: 0, total: file.size, unit: 'bytes' });
      const beginning = new Uint8Array(await file.slice(0, MAX_HEADER_BYTES).arrayBuffer());
      if (!isTrainedFile(beginning)) return placeOf(findModel((await importModelFile(file, name)).id));
      // One byte more than there may be is enough to see that it is too large.
      return placeOf(
        await importTrained(new Uint8Array(await file.slice(0, MAX_TRAINED_BYTES + 1).arrayBuffer()), name),
      );
    },
    async removeModel({ id }) {
      const row = (await trainedRows()).find((each) => each.id === id);
      if (row) await removeTrained(id);
      else await removeModel(findModel(id));
      return placeOf(row ?? findModel(id));
    },
    async saveTrained({ bytes, details, report }, { progress }) {
      const base = details.base === null ? null : findEmbedder(details.base, [...MODELS, ...(await trainedRows())]);
      return placeOf(await saveTrained(bytes, { ...details, base }, report, progress));
    },
    renameModel: async ({ id, title }) => placeOf(await renameTrained(id, title)),
    async exportModel(req, { signal }) {
      const url = urlOf(req.modelsUrl);
      return exportModel(req, { files: await filesAt(url), modelsUrl: url, signal });
    },
    benchmark: (request, context) => runBenchmark(running(), request, context),
    measureBias: (request, context) => runBias(stateOf(running(), far), request, context),
    memory: () => session?.engine.memory() ?? { tensors: 0, wasmBytes: 0, gpuBuffers: 0 },
  };
}

/** The normalised distance for a false-accept rate; the model's own default for null. Throws `config/bad-value`. */
function thresholdOf(row: EmbedderRow, far: number | null): number {
  return limitsOf(row, far).normalised;
}

function stateOf({ row, precision, engine, notes }: Session, far: number | null): EngineState {
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

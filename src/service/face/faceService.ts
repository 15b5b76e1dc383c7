/** What the face thread does: it keeps the session and the people known, and answers every operation of the protocol. */
import { packPoints } from '../../cluster/points';
import type { AbortContext, CallContext } from '../../core/call';
import { cohortMean, scaleOf } from '../../core/cohort';
import { FaceError } from '../../core/errors';
import type { CohortMean, Embedding, EngineMemory, GalleryFace, Match, StoredCrop } from '../../core/types';
import type { EmbedFacesRequest } from '../../pipeline/bulk';
import type { Picture } from '../../pipeline/decode';
import { compareFaces, matchFace } from '../../pipeline/match';
import type {
  AlignRequest,
  DetectRequest,
  PictureFaces,
  RecogniseRequest,
  TrackRequest,
} from '../../pipeline/requests';
import type { LiveFace } from '../../pipeline/track/liveFaces';
import { assertFar, decisionOf } from '../../weights/calibration';
import { letMessagesIn } from '../letMessagesIn';
import { modelsUrlOf } from '../modelsUrl';
import { runBenchmark, type BenchmarkRequest } from './benchmark';
import { runBias, type BiasRequest } from './bias';
import { samplesOf } from './galleryClassifier';
import type { InHelper, KnownGroups } from './helper';
import { keepLoadedAssets } from './keepAssets';
import { KnownPeople, type ClassifierMethod } from './matching';
import { modelFileHandlers } from './modelFiles';
import { openSession, stateOf, type EngineState, type Session, type StartOptions } from './session';

/** Pictures per abort check. */
const EMBEDDED_AT_ONCE = 32;

/** One of the videos that are followed at the same time. */
export interface VideoName {
  readonly video: string;
}
export interface GroupFacesRequest extends KnownGroups {
  readonly embeddings: readonly Pick<Embedding, 'vector' | 'cohortMean'>[];
}

/** What answers every operation of the protocol; `inHelper` runs long work in a thread of its own. */
export function createFaceService(inHelper: InHelper) {
  let session: Session | null = null;
  let modelsUrl = modelsUrlOf();
  const known = new KnownPeople();

  function running(): Session {
    if (!session) throw new FaceError('backend/not-started');
    return session;
  }
  async function matched() {
    const current = running();
    return { pipeline: current.pipeline, matching: await known.matchingOf(current) };
  }

  return {
    ...modelFileHandlers(inHelper, () => modelsUrl),

    async start(options: StartOptions, { signal, progress }: CallContext): Promise<EngineState> {
      const far = options.far ?? null;
      if (far !== null) assertFar(far);
      const url = modelsUrlOf(options.modelsUrl);
      const opened = await openSession(options, { modelsUrl: url, signal, progress, keep: options.keepForOffline });
      // Only now that the new one works is the old one closed.
      session?.dispose();
      session = opened;
      modelsUrl = url;
      known.setFar(far);
      if (options.keepForOffline) void keepLoadedAssets();
      return stateOf(opened, far);
    },
    setFar({ far }: { readonly far: number | null }): EngineState {
      const current = running();
      known.setFar(far);
      return stateOf(current, far);
    },

    detect: (request: DetectRequest, context: AbortContext) => running().pipeline.detect(request, context),
    async recognise(request: RecogniseRequest, { signal }: AbortContext) {
      const { pipeline, matching } = await matched();
      return pipeline.recognise(request, { signal, matching });
    },
    async track(request: TrackRequest & VideoName, { signal, progress }: CallContext<PictureFaces<LiveFace>>) {
      const { pipeline, matching } = await matched();
      return pipeline.follow(request.video).track(request, { signal, matching, onFaces: progress });
    },
    async bestViews({ video, id }: VideoName & { readonly id: number }) {
      const { pipeline, matching } = await matched();
      return pipeline.follow(video).best(id, matching);
    },
    endVideo: ({ video }: VideoName) => ({ ended: session?.pipeline.follow(video).end() ?? false }),
    async embedFaces(request: EmbedFacesRequest, context: AbortContext) {
      await letMessagesIn();
      return running().pipeline.embedFaces(request, context);
    },
    async embedAligned({ pictures }: { readonly pictures: readonly Picture[] }, { signal }: AbortContext) {
      const { pipeline, cohort: loadCohort } = running();
      const cohort = await loadCohort();
      const embeddings: Embedding[] = [];
      for (let start = 0; start < pictures.length; start += EMBEDDED_AT_ONCE) {
        await letMessagesIn();
        const part = pictures.slice(start, start + EMBEDDED_AT_ONCE);
        embeddings.push(...(await pipeline.embedAligned(part, { signal, cohort })));
      }
      return embeddings;
    },
    async embedStored({ crops }: { readonly crops: readonly StoredCrop[] }, { signal, progress }: CallContext) {
      const { pipeline, cohort } = running();
      const onDone = (done: number) =>
        progress({ stage: 'Embedding faces again', done, total: crops.length, unit: 'pictures' });
      return pipeline.embedStored(crops, { signal, cohort: await cohort(), onDone });
    },
    align: (request: AlignRequest, context: AbortContext) => running().pipeline.align(request, context),

    setGallery({ faces }: { readonly faces: readonly GalleryFace[] }) {
      known.setFaces(faces);
      return { people: new Set(faces.map(({ person }) => person)).size, faces: faces.length };
    },
    setClassifier({ method }: { readonly method: ClassifierMethod }) {
      known.setMethod(method);
      return null;
    },
    async match({ embeddings }: { readonly embeddings: readonly Embedding[] }): Promise<Match[]> {
      const { matching } = await matched();
      return embeddings.map((embedding) => matchFace(embedding, matching));
    },
    async compare({ a, b }: { readonly a: Embedding; readonly b: Embedding }) {
      return compareFaces(a, b, (await matched()).matching);
    },
    async cohortMeans({ vectors }: { readonly vectors: readonly Float32Array[] }): Promise<CohortMean[] | null> {
      const cohort = await running().cohort();
      return cohort && vectors.map((vector) => ({ cohort: cohort.id, mean: cohortMean(cohort, vector) }));
    },
    async groupFaces({ embeddings, ...rest }: GroupFacesRequest, context: CallContext): Promise<Int32Array> {
      const { row, cohort: loadCohort } = running();
      const cohort = await loadCohort();
      const scales = Float64Array.from(embeddings, (embedding) => scaleOf(cohort, embedding));
      const faces = { ...packPoints(embeddings.map(({ vector }) => vector)), scales };
      return inHelper('group', { faces, calibration: decisionOf(row).calibration, ...rest }, context);
    },
    async compareClassifiers(_request: Readonly<Record<string, never>>, context: CallContext) {
      const { matching } = await matched();
      return inHelper('compareClassifiers', { samples: samplesOf(matching.gallery) }, context);
    },

    benchmark: (request: BenchmarkRequest, context: CallContext) => runBenchmark(running(), request, context),
    measureBias: (request: BiasRequest, context: CallContext) =>
      runBias(stateOf(running(), known.far), request, context),
    memory: (): EngineMemory => session?.engine.memory() ?? { tensors: 0, wasmBytes: 0, gpuBuffers: 0 },
  };
}

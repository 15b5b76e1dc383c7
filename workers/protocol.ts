/** Every message between the page and the face worker: request, response and progress of each operation. */
import type { CrossValidation } from '../src/classify/crossValidate';
import type { Progress } from '../src/core/call';
import type {
  CohortMean,
  Embedding,
  EngineMemory,
  GalleryFace,
  Match,
  RecognisedFace,
  StoredCrop,
} from '../src/core/types';
import type { BiasReport } from '../src/evaluate/bias/measureBias';
import type { EmbeddedFace, EmbedFacesOptions, EmbedFacesRequest } from '../src/pipeline/bulk';
import type { Picture, PictureRef } from '../src/pipeline/decode';
import type { DetectOptions } from '../src/pipeline/detect/turned';
import type { Comparison } from '../src/pipeline/match';
import type {
  AlignedFace,
  AlignRequest,
  DetectRequest,
  DetectResult,
  PictureFaces,
  RecogniseOptions,
  RecogniseRequest,
  RecogniseResult,
  TrackRequest,
  TrackResult,
} from '../src/pipeline/requests';
import type { LiveFace } from '../src/pipeline/track/liveFaces';
import type {
  BenchmarkOptions,
  BenchmarkPictures,
  BenchmarkRequest,
  BenchmarkResult,
} from '../src/service/face/benchmark';
import type { BiasRequest } from '../src/service/face/bias';
import type { Exported, ExportRequest } from '../src/service/face/exportModel';
import type { GroupFacesRequest, VideoName } from '../src/service/face/faceService';
import type { InstallRequest } from '../src/service/face/helper';
import type { ClassifierMethod } from '../src/service/face/matching';
import type { EngineState, StartOptions } from '../src/service/face/session';
import type { ModelFileRef, SaveTrainedRequest } from '../src/service/face/trainedModels';
import type { ModelPlace } from '../src/weights/present';
import type { RequestTransfers, ServeOptions } from './rpc';

export type {
  AlignRequest,
  BenchmarkOptions,
  BenchmarkPictures,
  BenchmarkRequest,
  BenchmarkResult,
  Comparison,
  DetectOptions,
  DetectResult,
  EmbeddedFace,
  EmbedFacesOptions,
  EngineState,
  ExportRequest,
  LiveFace,
  ModelFileRef,
  ModelPlace,
  Picture,
  PictureFaces,
  PictureRef,
  RecogniseOptions,
  RecogniseResult,
  StartOptions,
  TrackResult,
};

export interface Ops {
  /** Chooses and warms up everything; may be called again to change model, backend or precision. */
  start: { req: StartOptions; res: EngineState; progress: Progress };
  detect: { req: DetectRequest; res: DetectResult; progress: never };
  recognise: { req: RecogniseRequest; res: RecogniseResult; progress: never };
  /**
   * A video's next frame: its faces followed from the frames before. A video begins with its first frame. Where a face
   * is to be embedded, which takes longer than everything else, progress gives the faces before that.
   */
  track: { req: TrackRequest & VideoName; res: TrackResult; progress: PictureFaces<LiveFace> };
  /** The best views of a followed face, for enrolment, those that need no hint first; also of one that left the picture a while ago. */
  bestViews: { req: VideoName & { id: number }; res: RecognisedFace[]; progress: never };
  /** Forgets a video and its faces. */
  endVideo: { req: VideoName; res: { ended: boolean }; progress: never };
  /** One face of each picture, the one that LFW's rule takes (large and central), many pictures sharing batches. */
  embedFaces: { req: EmbedFacesRequest; res: EmbeddedFace[]; progress: never };
  /** Whole face pictures that are aligned already, used as they are. */
  embedAligned: { req: { pictures: readonly Picture[] }; res: Embedding[]; progress: never };
  /** Embeddings by the present model from stored crops. */
  embedStored: { req: { crops: readonly StoredCrop[] }; res: Embedding[]; progress: Progress };
  align: { req: AlignRequest; res: PictureFaces<AlignedFace>; progress: never };
  /** Replaces the people that `recognise` matches against. */
  setGallery: { req: { faces: readonly GalleryFace[] }; res: { people: number; faces: number }; progress: never };
  /** Embeddings of the present model against the gallery as it is now: faces seen before, after the people changed. */
  match: { req: { embeddings: readonly Embedding[] }; res: Match[]; progress: never };
  /** Whether two faces are one person's, by embeddings of the present model. */
  compare: { req: { a: Embedding; b: Embedding }; res: Comparison; progress: never };
  /** Of embeddings of the present model that were stored without; null where it has no cohort. Throws `weights/no-cohort`. */
  cohortMeans: { req: { vectors: readonly Float32Array[] }; res: CohortMean[] | null; progress: never };
  /**
   * Which faces look like one person: a label a face, numbered in order of appearance. `photos` and `people`, an entry a
   * face: two faces of one picture are never one person, faces of one known person (−1: not known) always. Where only the
   * faces `from` a place on are new, `groups` holds the label of each before (−1: none), and only the new are compared.
   * In a thread of its own: other calls are answered meanwhile.
   */
  groupFaces: { req: GroupFacesRequest; res: Int32Array; progress: Progress };
  /** How many of the gallery's faces each method names rightly when it has not seen them. Throws `classify/too-few`. */
  compareClassifiers: { req: Record<string, never>; res: CrossValidation; progress: Progress };
  /**
   * How a person is chosen among those within the threshold: by the nearest face, or by logistic regression, trained on the
   * gallery whenever that changes. The distance alone decides who is a stranger.
   */
  setClassifier: { req: { method: ClassifierMethod }; res: null; progress: never };
  setFar: { req: { far: number | null }; res: EngineState; progress: never };
  models: { req: { modelsUrl?: string }; res: ModelPlace[]; progress: never };
  /** Gets FaceNet from its publisher, verifies, converts and keeps it; continues where a stopped download ended. */
  downloadModel: { req: InstallRequest; res: ModelPlace; progress: Progress };
  /** Takes a `<id>.<precision>.safetensors` that the user has, verified by its SHA-256. */
  importModel: { req: { file: Blob; name: string }; res: ModelPlace; progress: Progress };
  /** Of a trained model `present` is then empty. */
  removeModel: { req: { id: string }; res: ModelPlace; progress: never };
  /**
   * Keeps what the train worker gave (`weights`) as a model of this device: folded, in float32, float16 and 8 bits (without
   * float32 where there is no room for it). The same weights again give the same model. Throws readSafetensors' errors,
   * `weights/missing-tensor`, `weights/shape-mismatch`, `store/full`.
   */
  saveTrained: { req: SaveTrainedRequest; res: ModelPlace; progress: Progress };
  /** Gives a trained model another title. Throws `store/not-found`, `store/bad-name`. */
  renameModel: { req: { id: string; title: string }; res: ModelPlace; progress: never };
  /**
   * A model as a file for the user: ours in a precision, describing itself where it was trained; or as facenet-pytorch's
   * state dict. Of `modelFile` where it is given. Throws `weights/precision-missing`, `weights/shape-mismatch`,
   * `weights/unknown-model`.
   */
  exportModel: { req: ExportRequest; res: Exported; progress: never };
  /** Accuracy on a list of pairs. Occupies the worker: the app starts one of its own for it. */
  benchmark: { req: BenchmarkRequest; res: BenchmarkResult; progress: Progress };
  /** How evenly false accepts fall on groups of different people. Throws `evaluate/too-few`. Occupies the worker. */
  measureBias: { req: BiasRequest; res: BiasReport; progress: Progress };
  memory: { req: Record<string, never>; res: EngineMemory; progress: never };
}

export type OpName = keyof Ops;

/** Bitmaps and video frames (what can be closed) change hands; a Blob is a reference, raw pixels are copied. */
function ofPictures(pictures: readonly Picture[]): Transferable[] {
  return pictures.filter((picture) => 'close' in picture);
}
const ofPicture = ({ picture }: { readonly picture: Picture }) => ofPictures([picture]);

/** What of each request the worker takes over and closes. */
export const FACE_TRANSFERS: RequestTransfers<Ops> = {
  detect: ofPicture,
  recognise: ofPicture,
  track: ofPicture,
  align: ofPicture,
  embedFaces: ({ pictures }) => ofPictures(pictures.map(({ picture }) => picture)),
  embedAligned: ({ pictures }) => ofPictures(pictures),
  saveTrained: ({ bytes }) => [bytes.buffer],
};

/** Pictures wait in the lane `main`, as the networks serve one call at a time; slow work without them has its own. */
export const FACE_SERVE_OPTIONS: ServeOptions<Ops> = {
  owned: FACE_TRANSFERS,
  // Large results change hands instead of being copied.
  transfers: { exportModel: ({ bytes }) => [bytes.buffer] },
  lanes: {
    downloadModel: 'files',
    importModel: 'files',
    removeModel: 'files',
    saveTrained: 'files',
    renameModel: 'files',
    exportModel: 'files',
    groupFaces: 'grouping',
    compareClassifiers: 'comparing',
    models: 'questions',
    memory: 'questions',
  },
};

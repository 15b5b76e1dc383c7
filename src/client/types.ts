export type { CrossValidation } from '../classify/crossValidate';
export type { Progress } from '../core/call';
export type {
  BenchmarkOptions,
  BenchmarkPictures,
  BenchmarkRequest,
  BenchmarkResult,
  DetectOptions,
  DetectResult,
  EmbeddedFace,
  EmbedFacesOptions,
  EngineState,
  ModelFileRef,
  ModelPlace,
  Picture,
  RecogniseOptions,
  RecogniseResult,
  SavedDetails,
  StartOptions,
  LiveFace,
  PictureFaces,
  TrackResult,
} from '../../workers/protocol';
export type {
  LoggedStep,
  PictureSet,
  PixelCrop,
  TrainBase,
  TrainEngine,
  TrainPlan,
  TrainRequest,
  TrainResult,
  TrainStart,
} from '../../workers/trainProtocol';

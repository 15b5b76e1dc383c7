export type {
  CrossValidation,
  BenchmarkOptions,
  BenchmarkPictures,
  BenchmarkResult,
  DetectOptions,
  DetectResult,
  EmbeddedFace,
  EmbedFacesOptions,
  EngineState,
  ModelFileRef,
  ModelPlace,
  Picture,
  Progress,
  RecognisedFace,
  RecogniseOptions,
  RecogniseResult,
  StartOptions,
} from '../../workers/protocol';
export type { SavedDetails } from '../../workers/protocol';
export type {
  LoggedStep,
  ModelReport,
  PictureSet,
  PixelCrop,
  TrainBase,
  TrainEngine,
  TrainPlan,
} from '../../workers/trainProtocol';

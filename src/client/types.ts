export type {
  DetectOptions,
  EngineState,
  ModelPlace,
  Picture,
  Progress,
  RecognisedFace,
  RecogniseOptions,
  RecogniseResult,
  StartOptions,
} from '../../workers/protocol';

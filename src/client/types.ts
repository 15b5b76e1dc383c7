export type {
  DetectOptions,
  DetectResult,
  EngineState,
  ModelPlace,
  Picture,
  Progress,
  RecognisedFace,
  RecogniseOptions,
  RecogniseResult,
  StartOptions,
} from '../../workers/protocol';

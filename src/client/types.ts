export type {
  DetectOptions,
  DetectResult,
  EmbeddedFace,
  EmbedFacesOptions,
  EngineState,
  ModelPlace,
  Picture,
  Progress,
  RecognisedFace,
  RecogniseOptions,
  RecogniseResult,
  StartOptions,
} from '../../workers/protocol';

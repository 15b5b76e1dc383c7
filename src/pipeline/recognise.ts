import { throwIfAborted } from '../core/abort';
import { withMean } from '../core/cohort';
import type { Embedding, FaceCrop, Frame, Precision, RecognisedFace, RgbaImage, StoredCrop } from '../core/types';
import type { Weights } from '../core/weights';
import type { Engine } from '../nn/executor';
import type { EmbedderRow } from '../weights/modelRow';
import { embedFaces, type EmbeddedFace, type EmbedFacesRequest } from './bulk';
import { cropFace } from './crop/crop';
import { facenetCrop } from './crop/facenet';
import { faceInCrop, storedCrop } from './crop/stored';
import { withFrame, type Picture } from './decode';
import { createDetector, type Detector } from './detect/detect';
import { leastFace, withTiles } from './detect/tiles';
import { findFaces, searchOptions } from './detect/turned';
import { createEmbedder } from './embed';
import { encodeImage } from './encode';
import { captureHint } from './hint';
import { matchFace } from './match';
import { facePose } from './pose';
import { faceQuality } from './quality';
import type {
  Abortable,
  AlignedFace,
  AlignRequest,
  DetectRequest,
  DetectResult,
  EmbedContext,
  MatchContext,
  PictureFaces,
  RecogniseRequest,
  RecogniseResult,
} from './requests';
import { resample } from './resample';
import { toRgba } from './resize';
import { Timings } from './timings';
import { followVideos, type FollowedVideo } from './track/followed';
import type { LiveModels } from './track/liveFaces';

export interface PipelineParts {
  readonly engine: Engine;
  /** MTCNN's. */
  readonly detectorWeights: Weights;
  readonly embedderRow: EmbedderRow;
  readonly embedderWeights: Weights;
  /** Passed to the engine for the embedder; the detector always runs in float32. */
  readonly precision?: Precision;
}

/**
 * From a picture to people. Calls must not overlap, for the networks share their inputs' memory: the queue of the thread
 * (workers/rpc.ts) sees to that. Every call may throw decodePicture's errors, `detect/bad-option`, `aborted`, and what the
 * engine throws.
 */
export interface Pipeline {
  detect(request: DetectRequest, context?: Abortable): Promise<DetectResult>;
  recognise(request: RecogniseRequest, context: MatchContext): Promise<RecogniseResult>;
  /** A video by its name, whose faces are followed from frame to frame. */
  follow(video: string): FollowedVideo;
  /** Whole face pictures that are aligned already: each is brought to the model's size and used as it is. */
  embedAligned(pictures: readonly Picture[], context?: EmbedContext): Promise<Embedding[]>;
  /** From stored crops, by this model's own crop. */
  embedStored(crops: readonly StoredCrop[], context?: EmbedContext): Promise<Embedding[]>;
  /** One face of each of many pictures, in the pictures' order: see bulk.ts. */
  embedFaces(request: EmbedFacesRequest, context?: Abortable): Promise<EmbeddedFace[]>;
  /** Faces cut out as the original's `align` does. */
  align(request: AlignRequest, context?: Abortable): Promise<PictureFaces<AlignedFace>>;
  /** Runs every network once, so that the first picture does not wait for it. */
  warmUp(): Promise<void>;
  dispose(): void;
}

/** Compiles the networks. Owns what it compiled, not the engine. */
export async function createPipeline(parts: PipelineParts): Promise<Pipeline> {
  const { engine, embedderRow: row } = parts;
  const detector = withTiles(createDetector(engine, parts.detectorWeights));
  const embedder = await createEmbedder(engine, row, parts.embedderWeights, parts.precision);
  const models = { detector, embedder, row };

  return {
    detect: (request, context) => detect(request, detector, context),
    recognise: (request, context) => recognise(request, models, context),
    follow: followVideos(models),
    embedAligned: (pictures, context) => embedAligned(pictures, models, context),
    embedStored: (crops, context) => embedStored(crops, models, context),
    embedFaces: (request, context) => embedFaces(request, models, context?.signal),
    align: (request, context) => align(request, detector, context),
    async warmUp() {
      await detector.warmUp();
      await embedder.embed([{ size: row.inputSize, data: new Float32Array(row.inputSize ** 2 * 3) }]);
    },
    dispose() {
      detector.dispose();
      embedder.dispose();
    },
  };
}

async function detect(
  { picture, name, options }: DetectRequest,
  detector: Detector,
  { signal }: Abortable = {},
): Promise<DetectResult> {
  return withFrame(picture, { name, signal }, async (frame) => {
    const found = await findFaces(detector, frame, options, new Timings(), signal);
    const { width, height } = frame;
    const faces = found.map(({ detection }) => detection);
    return { width, height, faces, leastFace: leastFace(frame, searchOptions(options)) };
  });
}

/** The main job: Frame → Detection[] → FaceCrop[] → Embedding[] → Match[]. */
async function recognise(
  { picture, name, options = {} }: RecogniseRequest,
  { detector, embedder, row }: LiveModels,
  { matching, signal }: MatchContext,
): Promise<RecogniseResult> {
  const { faces: which = 'all', keepCrops = false, flip = false, ...search } = options;
  const timings = new Timings();
  return withFrame(picture, { name, signal, timings }, async (frame) => {
    const all = await findFaces(detector, frame, search, timings, signal);
    const found = which === 'best' ? all.slice(0, 1) : all;
    const crops = await timings.run('crop', () =>
      found.map(({ upright, frame: turned }) => cropFace(turned, upright, row.crop, row.inputSize)),
    );
    throwIfAborted(signal);
    const embeddings = await timings.run('embed', () => embedder.embed(crops, { flip }));
    throwIfAborted(signal);
    const matched = await timings.run('match', () =>
      embeddings.map((plain) => {
        const embedding = withMean(matching.cohort, plain);
        return { embedding, match: matchFace(embedding, matching) };
      }),
    );
    const faces: RecognisedFace[] = [];
    for (const [i, { detection, upright, frame: turned }] of found.entries()) {
      const quality = faceQuality(turned, upright);
      const hint = captureHint(quality, facePose(upright.points));
      const face = { detection, ...matched[i]!, quality, hint };
      faces.push(keepCrops ? { ...face, crop: await storedCrop(turned, upright) } : face);
    }
    const { width, height } = frame;
    return { width, height, faces, leastFace: leastFace(frame, searchOptions(search)), timings: timings.ms };
  });
}

async function align(
  { picture, name, options, ...wanted }: AlignRequest,
  detector: Detector,
  { signal }: Abortable = {},
): Promise<PictureFaces<AlignedFace>> {
  return withFrame(picture, { name, signal }, async (frame) => {
    const found = await findFaces(detector, frame, options, new Timings(), signal);
    const faces: AlignedFace[] = [];
    const type = wanted.form === 'jpg' ? 'image/jpeg' : 'image/png';
    for (const { detection, upright, frame: turned } of wanted.faces === 'best' ? found.slice(0, 1) : found) {
      const crop = facenetCrop(turned, upright, wanted.size, wanted.margin);
      faces.push({ detection, file: await encodeImage(toRgba(crop.data, crop.size, crop.size), type) });
    }
    return { width: frame.width, height: frame.height, faces };
  });
}

async function embedAligned(
  pictures: readonly Picture[],
  { embedder, row }: LiveModels,
  { signal, cohort = null, onDone }: EmbedContext = {},
): Promise<Embedding[]> {
  const crops: FaceCrop[] = [];
  for (const picture of pictures)
    crops.push(await withFrame(picture, { signal }, (frame) => wholeAsCrop(frame, row.inputSize)));
  return (await embedder.embed(crops, {}, onDone)).map((embedding) => withMean(cohort, embedding));
}

/** Crops decoded and embedded at a time: all of them might not fit into the memory. */
const STORED_AT_ONCE = 64;

async function embedStored(
  stored: readonly StoredCrop[],
  { embedder, row }: LiveModels,
  { signal, cohort = null, onDone }: EmbedContext = {},
): Promise<Embedding[]> {
  const embeddings: Embedding[] = [];
  for (let start = 0; start < stored.length; start += STORED_AT_ONCE) {
    const crops: FaceCrop[] = [];
    for (const crop of stored.slice(start, start + STORED_AT_ONCE))
      crops.push(
        await withFrame(crop.picture, { signal }, (frame) =>
          cropFace(frame, faceInCrop(crop), row.crop, row.inputSize, crop.scale),
        ),
      );
    const made = await embedder.embed(crops, {}, (done) => onDone?.(start + done));
    embeddings.push(...made.map((embedding) => withMean(cohort, embedding)));
  }
  return embeddings;
}

function wholeAsCrop(frame: Frame, size: number): FaceCrop {
  const whole: RgbaImage = frame.region({ x0: 0, y0: 0, x1: frame.width, y1: frame.height });
  return { size, data: resample(whole, { x0: 0, y0: 0, x1: frame.width, y1: frame.height }, size, size, 'cut') };
}

import { throwIfAborted } from '../core/abort';
import { withMean, type Cohort } from '../core/cohort';
import { serial } from '../core/serial';
import type {
  Detection,
  Embedding,
  FaceCrop,
  Frame,
  Precision,
  RecognisedFace,
  RgbaImage,
  StoredCrop,
} from '../core/types';
import type { Weights } from '../core/weights';
import type { Engine } from '../nn/executor';
import type { EmbedderRow } from '../weights/registry';
import { embedFaces, type BulkFace, type BulkOptions, type NamedPicture } from './bulk';
import { cropFace } from './crop/crop';
import { facenetCrop } from './crop/facenet';
import { storedCrop } from './crop/stored';
import { decodePicture, type PictureSource } from './decode';
import { createDetector, type Detector } from './detect/detect';
import { leastFace, withTiles } from './detect/tiles';
import { findFaces, searchOptions, type TurnedOptions } from './detect/turned';
import { createEmbedder, type Embedder } from './embed';
import { encodeImage } from './encode';
import { captureHint } from './hint';
import type { Gallery } from './gallery';
import { matchFace, type MatchRule } from './match';
import { facePose } from './pose';
import { faceQuality } from './quality';
import { resample } from './resample';
import { toRgba } from './resize';
import { Timings } from './timings';
import { searchSettings, type LiveFace, type LiveFaces, type LiveFrameOptions } from './track/liveFaces';

export interface PipelineParts {
  readonly engine: Engine;
  /** MTCNN's. */
  readonly detectorWeights: Weights;
  readonly embedderRow: EmbedderRow;
  readonly embedderWeights: Weights;
  /** Passed to the engine for the embedder; the detector always runs in float32. */
  readonly precision?: Precision;
}

export interface CallOptions {
  /** What the picture is called in messages. */
  readonly name?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface RecogniseOptions extends CallOptions {
  readonly detect?: TurnedOptions;
  /** `all` (default), or only the most probable face. */
  readonly faces?: 'all' | 'best';
  /** Also give what the store keeps of each face. */
  readonly keepCrops?: boolean;
  /** Mean with the mirror image's embedding. */
  readonly mirror?: boolean;
  readonly gallery: Gallery;
  readonly rule: MatchRule;
}

/** What embeddings that may be stored carry the mean of. */
export interface EmbeddingOptions extends CallOptions {
  /** Of the model, where it has one. */
  readonly cohort?: Cohort | null;
}

export interface AlignOptions extends CallOptions {
  readonly detect?: TurnedOptions;
  readonly faces: 'all' | 'best';
  readonly size: number;
  /** Pixels of the picture added to the box, both sides together. */
  readonly margin: number;
}

export interface TrackOptions extends Omit<LiveFrameOptions, 'onFaces'> {
  /** Hears of the faces before any of them is embedded. */
  readonly onFaces?: (faces: PictureFaces<LiveFace>) => void;
}

export interface PictureFaces<Face> {
  readonly width: number;
  readonly height: number;
  /** Most probable first. */
  readonly faces: Face[];
}

/** What was looked for, beside what was found. */
export interface Searched {
  /** Shorter side of the smallest face looked for, in the picture's pixels. */
  readonly leastFace: number;
}

/** Milliseconds of decode, resize, pnet, rnet, onet, crop, embed, match. */
export type StageTimings = Readonly<Record<string, number>>;

/**
 * From a picture to people, one picture at a time (calls wait for each other). Every call may throw decodePicture's errors,
 * `detect/bad-option`, `aborted`, and what the engine throws.
 */
export interface Pipeline {
  detect(
    picture: PictureSource,
    options?: CallOptions & { readonly detect?: TurnedOptions },
  ): Promise<PictureFaces<Detection> & Searched>;
  recognise(
    picture: PictureSource,
    options: RecogniseOptions,
  ): Promise<PictureFaces<RecognisedFace> & Searched & { readonly timings: StageTimings }>;
  /** A video's next frame, whose faces `faces` follows. */
  track(
    picture: PictureSource,
    faces: LiveFaces,
    options: CallOptions & TrackOptions,
  ): Promise<PictureFaces<LiveFace> & Searched & { readonly timings: StageTimings }>;
  /** Whole face pictures that are aligned already: each is brought to the model's size and used as it is. */
  embedAligned(pictures: readonly PictureSource[], options?: EmbeddingOptions): Promise<Embedding[]>;
  /** From stored crops, by this model's own crop; `onDone` hears how many are done. */
  embedStored(
    crops: readonly StoredCrop[],
    options?: EmbeddingOptions & { readonly onDone?: (done: number) => void },
  ): Promise<Embedding[]>;
  /** One face of each of many pictures, in the pictures' order: see bulk.ts. */
  embedFaces(pictures: readonly NamedPicture[], options: BulkOptions): Promise<BulkFace[]>;
  /** Faces cut out as the original's `align` does, as PNG. */
  align(
    picture: PictureSource,
    options: AlignOptions,
  ): Promise<PictureFaces<{ readonly detection: Detection; readonly png: Blob }>>;
  /** Runs every network once, so that the first picture does not wait for it. */
  warmUp(): Promise<void>;
  dispose(): Promise<void>;
}

/** Compiles the networks. Owns what it compiled, not the engine. */
export async function createPipeline(parts: PipelineParts): Promise<Pipeline> {
  const { engine, embedderRow: row } = parts;
  const detector = withTiles(createDetector(engine, parts.detectorWeights));
  const embedder = await createEmbedder(engine, row, parts.embedderWeights, parts.precision);
  const inTurn = serial();

  return {
    detect: (picture, options = {}) =>
      inTurn(() =>
        withFrame(picture, options, new Timings(), async (frame, timings) => ({
          width: frame.width,
          height: frame.height,
          faces: (await findFaces(detector, frame, options.detect, timings, options.signal)).map(
            ({ detection }) => detection,
          ),
          leastFace: leastFace(frame, searchOptions(options.detect)),
        })),
      ),
    recognise: (picture, options) =>
      inTurn(async () => {
        const timings = new Timings();
        const result = await withFrame(picture, options, timings, (frame) =>
          recogniseFrame(frame, options, { detector, embedder, row }, timings),
        );
        return { ...result, timings: timings.ms };
      }),
    track: (picture, faces, options) =>
      inTurn(async () => {
        const timings = new Timings();
        const result = await withFrame(picture, options, timings, async (frame) => {
          const { width, height } = frame;
          const onFaces = (first: LiveFace[]): void => options.onFaces?.({ width, height, faces: first });
          const models = { detector, embedder, row };
          return {
            width,
            height,
            faces: await faces.frame(frame, models, { ...options, onFaces }, timings),
            leastFace: leastFace(frame, searchSettings(frame, options)),
          };
        });
        return { ...result, timings: timings.ms };
      }),
    embedAligned: (pictures, options = {}) =>
      inTurn(async () => {
        const crops: FaceCrop[] = [];
        for (const picture of pictures) {
          crops.push(await withFrame(picture, options, new Timings(), (frame) => wholeAsCrop(frame, row.inputSize)));
        }
        return (await embedder.embed(crops)).map((embedding) => withMean(options.cohort ?? null, embedding));
      }),
    embedStored: (crops, options = {}) => inTurn(() => embedStored(crops, options, embedder, row)),
    embedFaces: (pictures, options) =>
      inTurn(() => embedFaces(pictures, options, { detector, embedder, row }, new Timings())),
    align: (picture, options) =>
      inTurn(() =>
        withFrame(picture, options, new Timings(), async (frame, timings) => {
          const found = await findFaces(detector, frame, options.detect, timings, options.signal);
          const faces = [];
          for (const { detection, upright, frame: turned } of options.faces === 'best' ? found.slice(0, 1) : found) {
            const crop = facenetCrop(turned, upright, options.size, options.margin);
            const png = await encodeImage(toRgba(crop.data, crop.size, crop.size), 'image/png');
            faces.push({ detection, png });
          }
          return { width: frame.width, height: frame.height, faces };
        }),
      ),
    warmUp: () =>
      inTurn(async () => {
        await detector.warmUp();
        await embedder.embed([{ size: row.inputSize, data: new Float32Array(row.inputSize ** 2 * 3) }]);
      }),
    dispose: () =>
      inTurn(async () => {
        detector.dispose();
        embedder.dispose();
        await Promise.resolve();
      }),
  };
}

interface Models {
  readonly detector: Detector;
  readonly embedder: Embedder;
  readonly row: EmbedderRow;
}

/** The main job: Frame → Detection[] → FaceCrop[] → Embedding[] → Match[]. */
async function recogniseFrame(
  frame: Frame,
  options: RecogniseOptions,
  { detector, embedder, row }: Models,
  timings: Timings,
): Promise<PictureFaces<RecognisedFace> & Searched> {
  const { gallery, rule, signal } = options;
  const all = await findFaces(detector, frame, options.detect, timings, signal);
  const found = options.faces === 'best' ? all.slice(0, 1) : all;
  const crops = await timings.run('crop', () =>
    found.map(({ upright, frame: turned }) => cropFace(turned, upright, row.crop, row.inputSize)),
  );
  throwIfAborted(signal);
  const embeddings = await timings.run('embed', () => embedder.embed(crops, { mirror: options.mirror ?? false }));
  throwIfAborted(signal);
  const matched = await timings.run('match', () =>
    embeddings.map((plain) => {
      const embedding = withMean(rule.cohort, plain);
      return { embedding, match: matchFace(embedding, gallery, rule) };
    }),
  );
  const faces: RecognisedFace[] = [];
  for (const [i, { detection, upright, frame: turned }] of found.entries()) {
    const quality = faceQuality(turned, upright);
    const hint = captureHint(quality, facePose(upright.points));
    const face = { detection, ...matched[i]!, quality, hint };
    faces.push(options.keepCrops ? { ...face, crop: await storedCrop(turned, upright) } : face);
  }
  return {
    width: frame.width,
    height: frame.height,
    faces,
    leastFace: leastFace(frame, searchOptions(options.detect)),
  };
}

/** Crops decoded and embedded in bulk, so many at a time that they do not fill the memory. */
const STORED_AT_ONCE = 64;

async function embedStored(
  stored: readonly StoredCrop[],
  { signal, onDone, cohort = null, ...options }: EmbeddingOptions & { readonly onDone?: (done: number) => void },
  embedder: Embedder,
  row: EmbedderRow,
): Promise<Embedding[]> {
  const embeddings: Embedding[] = [];
  for (let start = 0; start < stored.length; start += STORED_AT_ONCE) {
    const crops: FaceCrop[] = [];
    for (const { picture, detection, scale } of stored.slice(start, start + STORED_AT_ONCE)) {
      throwIfAborted(signal);
      const { x0, y0, x1, y1 } = detection.box;
      const [a, b, c, d, e] = detection.points.map(({ x, y }) => ({ x, y }));
      const face = { box: { x0, y0, x1, y1 }, points: [a!, b!, c!, d!, e!] as const };
      crops.push(
        await withFrame(picture, options, new Timings(), (frame) =>
          cropFace(frame, face, row.crop, row.inputSize, scale),
        ),
      );
    }
    const made = await embedder.embed(crops, {}, (done) => onDone?.(start + done));
    embeddings.push(...made.map((embedding) => withMean(cohort, embedding)));
  }
  return embeddings;
}

/** Decodes, works on the frame, and closes it whatever happens. */
async function withFrame<T>(
  picture: PictureSource,
  { name = 'The picture', signal }: CallOptions,
  timings: Timings,
  work: (frame: Frame, timings: Timings) => T | Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const frame = await timings.run('decode', () => decodePicture(picture, name));
  try {
    throwIfAborted(signal);
    return await work(frame, timings);
  } finally {
    frame.close();
  }
}

function wholeAsCrop(frame: Frame, size: number): FaceCrop {
  const whole: RgbaImage = frame.region({ x0: 0, y0: 0, x1: frame.width, y1: frame.height });
  return { size, data: resample(whole, { x0: 0, y0: 0, x1: frame.width, y1: frame.height }, size, size, 'cut') };
}

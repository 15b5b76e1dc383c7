import { throwIfAborted } from '../core/abort';
import { badValue, errorData, toFaceError, type ErrorData } from '../core/errors';
import type { CropKind, Detection, Embedding, FaceCrop, Frame, Point, Size } from '../core/types';
import { l2Normalise } from '../core/vectors';
import type { EmbedderRow } from '../weights/modelRow';
import { cropFace } from './crop/crop';
import { facenetCrop } from './crop/facenet';
import { decodePicture, type Picture } from './decode';
import type { Detector } from './detect/detect';
import type { SearchOptions } from './detect/options';
import { flipCrop, type Embedder } from './embed';
import { Timings } from './timings';

export interface NamedPicture {
  readonly picture: Picture;
  /** For messages. */
  readonly name: string;
}

export interface EmbedFacesOptions extends SearchOptions {
  /** Instead of the model's own; of several, the embedding is the mean of each one's. */
  readonly crops?: readonly CropKind[] | undefined;
  /** Of the `facenet` crop, instead of its own: pixels of the picture, both sides together; one crop each. */
  readonly margins?: readonly number[] | undefined;
  /** Embed each face's flipped picture too. */
  readonly flip?: boolean | undefined;
  /** For a picture without a face: nothing, or the face assumed in its middle. */
  readonly noFace: 'skip' | 'centre-crop';
}

export interface EmbedFacesRequest {
  readonly pictures: readonly NamedPicture[];
  readonly options: EmbedFacesOptions;
}

/** One picture's face. */
export interface EmbeddedFace {
  /** Why the picture could not be read; everything else is null then. Null where it could. */
  readonly problem: ErrorData | null;
  /** Null where none was found. */
  readonly detection: Detection | null;
  /** Null where none was found and that is skipped. */
  readonly vector: Float32Array | null;
  /** The flipped picture's, if asked for. */
  readonly flipped: Float32Array | null;
}

/**
 * Pictures decoded while the group before is searched and embedded: R-Net and O-Net take the candidates of a group at once,
 * and its faces fill whole batches.
 */
const GROUP = 8;

const NO_MARGIN = 'only the facenet crop has a margin in pixels.';

/**
 * The face of each of many pictures, one a picture as in facenet's work on LFW: see `centralFace`. Detections and faces of
 * several pictures share batches. A picture that cannot be read gets its `problem`; the others are not affected. Throws
 * `config/bad-value` for margins of another crop.
 */
export async function embedFaces(
  { pictures, options }: EmbedFacesRequest,
  { detector, embedder, row }: { readonly detector: Detector; readonly embedder: Embedder; readonly row: EmbedderRow },
  signal?: AbortSignal,
): Promise<EmbeddedFace[]> {
  const { crops, margins, flip = false, noFace, ...search } = options;
  const cuts = cutsOf({ crops, margins }, row);
  const timings = new Timings();
  const done: EmbeddedFace[] = [];
  let next = decodeAll(pictures.slice(0, GROUP));
  try {
    for (let start = 0; start < pictures.length; start += GROUP) {
      const decoded = await timings.run('decode', () => next);
      next = decodeAll(pictures.slice(start + GROUP, start + 2 * GROUP));
      const frames = framesOf(decoded);
      let group: CutFace[];
      try {
        const found = await detector.detectMany(frames, search, timings, signal);
        group = await timings.run('crop', () =>
          frames.map((frame, i) => cutFace(frame, centralFace(found[i]!, frame), noFace, cuts)),
        );
      } finally {
        for (const frame of frames) frame.close();
      }
      throwIfAborted(signal);
      const faces = await timings.run('embed', () => embedGroup(group, flip, embedder, row));
      let face = 0;
      for (const result of decoded) done.push('problem' in result ? unread(result.problem) : faces[face++]!);
    }
  } finally {
    for (const frame of framesOf(await next)) frame.close();
  }
  return done;
}

/** A picture's face in each of its crops; without any where none was found and that is skipped. */
interface CutFace {
  readonly detection: Detection | null;
  readonly crops: readonly FaceCrop[];
}

function cutFace(
  frame: Frame,
  detection: Detection | null,
  noFace: EmbedFacesOptions['noFace'],
  cuts: readonly Cut[],
): CutFace {
  const face = detection ?? (noFace === 'skip' ? null : centreFace(frame));
  return { detection, crops: face ? cuts.map((cut) => cut(frame, face)) : [] };
}

async function embedGroup(
  group: readonly CutFace[],
  flip: boolean,
  embedder: Embedder,
  { normalised }: EmbedderRow,
): Promise<EmbeddedFace[]> {
  const crops = group.flatMap((face) => face.crops);
  const inputs = flip ? [...crops, ...crops.map(flipCrop)] : crops;
  const embeddings = await embedder.embed(inputs, { inBatches: true });
  let first = 0;
  return group.map(({ detection, crops: own }) => {
    const at = first;
    first += own.length;
    if (own.length === 0) return { problem: null, detection, vector: null, flipped: null };
    const vectorFrom = (i: number): Float32Array => meanOf(embeddings.slice(i, i + own.length), normalised);
    const flipped = flip ? vectorFrom(crops.length + at) : null;
    return { problem: null, detection, vector: vectorFrom(at), flipped };
  });
}

type Decoded = { readonly frame: Frame } | { readonly problem: ErrorData };

/** Never rejects: each picture has its own problem. */
async function decodeAll(pictures: readonly NamedPicture[]): Promise<Decoded[]> {
  return Promise.all(
    pictures.map(async ({ picture, name }): Promise<Decoded> => {
      try {
        return { frame: await decodePicture(picture, name) };
      } catch (thrown) {
        return { problem: errorData(toFaceError(thrown)) };
      }
    }),
  );
}

function framesOf(decoded: readonly Decoded[]): Frame[] {
  return decoded.flatMap((result) => ('frame' in result ? [result.frame] : []));
}

function unread(problem: ErrorData): EmbeddedFace {
  return { problem, detection: null, vector: null, flipped: null };
}

/** The face that the picture is of: the one with the largest area − 2 · (distance of its middle to the picture's)². */
export function centralFace(faces: readonly Detection[], { width, height }: Size): Detection | null {
  const weight = ({ box }: Detection): number => {
    const x = (box.x0 + box.x1 - width) / 2;
    const y = (box.y0 + box.y1 - height) / 2;
    return (box.x1 - box.x0) * (box.y1 - box.y0) - 2 * (x * x + y * y);
  };
  return faces.reduce<Detection | null>((best, face) => (!best || weight(face) > weight(best) ? face : best), null);
}

/** Means over LFW's detections: the box as shares of the picture's shorter side, the points as shares of the box. */
const CENTRE = {
  width: 0.375,
  height: 0.5,
  points: [
    { x: 0.29, y: 0.39 },
    { x: 0.74, y: 0.38 },
    { x: 0.52, y: 0.58 },
    { x: 0.33, y: 0.76 },
    { x: 0.72, y: 0.76 },
  ],
} as const;

/** The place assumed for a face when none is found. */
function centreFace({ width, height }: Frame): Pick<Detection, 'box' | 'points'> {
  const side = Math.min(width, height);
  const [w, h] = [CENTRE.width * side, CENTRE.height * side];
  const [x0, y0] = [(width - w) / 2, (height - h) / 2];
  const point = ({ x, y }: { readonly x: number; readonly y: number }): Point => ({ x: x0 + x * w, y: y0 + y * h });
  const [a, b, c, d, e] = CENTRE.points;
  return { box: { x0, y0, x1: x0 + w, y1: y0 + h }, points: [point(a), point(b), point(c), point(d), point(e)] };
}

type Cut = (frame: Frame, face: Pick<Detection, 'box' | 'points'>) => FaceCrop;

/** How each face is cut out. Throws `config/bad-value` for margins without the crop that has them. */
function cutsOf(
  { crops = [], margins }: Pick<EmbedFacesOptions, 'crops' | 'margins'>,
  { crop, inputSize }: EmbedderRow,
): Cut[] {
  const kinds = crops.length > 0 ? crops : [crop];
  if (margins && (margins.length === 0 || !kinds.includes('facenet')))
    throw badValue('margins', margins.join(','), NO_MARGIN);
  return kinds.flatMap((kind): Cut[] =>
    kind === 'facenet' && margins
      ? margins.map((margin) => (frame, face) => facenetCrop(frame, face, inputSize, margin))
      : [(frame, face) => cropFace(frame, face, kind, inputSize)],
  );
}

/** One embedding's own numbers; the mean of several, of unit length where theirs is. */
function meanOf(embeddings: readonly Embedding[], normalised: boolean): Float32Array {
  const [first, ...others] = embeddings.map(({ vector }) => vector);
  if (others.length === 0) return first!;
  const mean = first!.map((value, i) => others.reduce((sum, other) => sum + other[i]!, value) / embeddings.length);
  return normalised ? l2Normalise(mean) : mean;
}

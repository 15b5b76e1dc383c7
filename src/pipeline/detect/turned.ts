import type { Detection, Frame, Point } from '../../core/types';
import { pointTurnedBack, turnedBack, turnedFrame, type Quarters } from '../turnedFrame';
import type { Timings } from '../timings';
import { sharedArea, boxArea } from './boxes';
import type { Detector } from './detect';
import type { SearchOptions } from './options';

export interface DetectOptions extends SearchOptions {
  /** Also search the picture turned by 90, 180 and 270 degrees; a face found there is cut out upright. Four times the work. */
  readonly turned?: boolean | undefined;
}

/** A face where it is in the picture, and upright: in the picture turned so that it stands on its feet. */
export interface FoundFace {
  readonly detection: Detection;
  readonly upright: Detection;
  readonly frame: Frame;
}

/** Share of the smaller box from which two turns have found one face: the better one is kept. */
const SAME_FACE = 0.5;
/** Least score of a face found only in a turned picture: four searches find four times as many things that are no face. */
const TURNED_SCORE = 0.95;
const TURNS: readonly Quarters[] = [0, 1, 2, 3];

/** What the detector itself takes. */
export function searchOptions(options: DetectOptions = {}): SearchOptions {
  const { turned, ...rest } = options;
  return turned === undefined ? options : rest;
}

/**
 * The faces of a frame, most probable first; with `turned` of all four ways round, each face once, by the turn that is
 * surest of it. Throws what `detector.detect` throws.
 */
export async function findFaces(
  detector: Detector,
  frame: Frame,
  turnedOptions: DetectOptions = {},
  timings?: Timings,
  signal?: AbortSignal,
): Promise<FoundFace[]> {
  const options = searchOptions(turnedOptions);
  if (turnedOptions.turned !== true) {
    const found = await detector.detect(frame, options, timings, signal);
    return found.map((detection) => ({ detection, upright: detection, frame }));
  }
  const frames = TURNS.map((quarters) => turnedFrame(frame, quarters));
  const found = await detector.detectMany(frames, options, timings, signal);
  const all = found.flatMap((detections, i) =>
    detections
      .filter(({ score }) => i === 0 || score >= TURNED_SCORE)
      .map((upright) => ({
        detection: inPicture(upright, TURNS[i]!, frame),
        upright,
        frame: frames[i]!,
      })),
  );
  return oncePerFace(all);
}

function inPicture({ box, score, points }: Detection, quarters: Quarters, frame: Frame): Detection {
  const back = (point: Point): Point => pointTurnedBack(point, quarters, frame);
  const [a, b, c, d, e] = points;
  return {
    box: turnedBack(box, quarters, frame),
    score,
    points: [back(a), back(b), back(c), back(d), back(e)],
  };
}

function oncePerFace(all: readonly FoundFace[]): FoundFace[] {
  const kept: FoundFace[] = [];
  for (const face of [...all].sort((a, b) => sureness(b) - sureness(a))) {
    const isNew = kept.every(({ detection: { box } }) => {
      const smaller = Math.min(boxArea(box), boxArea(face.detection.box));
      return sharedArea(box, face.detection.box) <= SAME_FACE * smaller;
    });
    if (isNew) kept.push(face);
  }
  return kept.sort((a, b) => b.detection.score - a.detection.score);
}

/**
 * Scores of one face seen in two turns are both near 1; its points tell them apart. In a face that stands upright the
 * eyes are above the mouth by about as much as they are apart; seen on its side or its head, MTCNN squeezes the points.
 */
function sureness({ upright: { box, points, score } }: FoundFace): number {
  const [left, right, , mouthLeft, mouthRight] = points;
  const height = (mouthLeft.y + mouthRight.y - left.y - right.y) / 2;
  const width = right.x - left.x;
  const shape = Math.min(height, width) / Math.max(box.y1 - box.y0, 1);
  return score + shape;
}

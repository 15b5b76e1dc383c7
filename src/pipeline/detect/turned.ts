import type { Detection, Frame } from '../../core/types';
import { pointTurnedBack, turnedFrame, type Quarters } from '../turnedFrame';
import type { Timings } from '../timings';
import { isSameFace, moveFace } from './boxes';
import type { Detector } from './detect';
import type { SearchOptions } from './options';

export interface DetectOptions extends SearchOptions {
  /** Also search the picture turned by 90, 180 and 270 degrees; a face found there is cut out upright. Four times the work. */
  readonly turned?: boolean | undefined;
}

/** A face in the picture, and the same face in the picture turned so that it is upright. */
export interface FoundFace {
  readonly detection: Detection;
  readonly upright: Detection;
  readonly frame: Frame;
}

/** Least score of a face found only in a turned picture: four searches have four times as many false finds. */
const TURNED_SCORE = 0.95;
const TURNS: readonly Quarters[] = [0, 1, 2, 3];

/** What the detector itself takes. */
export function searchOptions(options: DetectOptions = {}): SearchOptions {
  const { turned, ...rest } = options;
  return turned === undefined ? options : rest;
}

/**
 * The faces of a frame, most probable first; with `turned`, of all four orientations, each face once, by the most certain
 * one. Throws what `detector.detect` throws.
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
        detection: moveFace(upright, (point) => pointTurnedBack(point, TURNS[i]!, frame)),
        upright,
        frame: frames[i]!,
      })),
  );
  return oncePerFace(all);
}

function oncePerFace(all: readonly FoundFace[]): FoundFace[] {
  const kept: FoundFace[] = [];
  for (const face of [...all].sort((a, b) => sureness(b) - sureness(a))) {
    if (!kept.some(({ detection }) => isSameFace(detection.box, face.detection.box))) kept.push(face);
  }
  return kept.sort((a, b) => b.detection.score - a.detection.score);
}

/**
 * Scores of one face in two orientations are both near 1, but its points differ. In an upright face the eyes are about as far
 * above the mouth as they are apart; of a face on its side or upside down, MTCNN squeezes the points.
 */
function sureness({ upright: { box, points, score } }: FoundFace): number {
  const [left, right, , mouthLeft, mouthRight] = points;
  const height = (mouthLeft.y + mouthRight.y - left.y - right.y) / 2;
  const width = right.x - left.x;
  const shape = Math.min(height, width) / Math.max(box.y1 - box.y0, 1);
  return score + shape;
}

import type { Box, Detection } from '../../core/types';
import { boxIou } from '../detect/boxes';
import { assign } from './hungarian';
import { boxOf, correct, predict, startState, type BoxState } from './kalman';

/** One face through the frames. */
export interface Track {
  /** Counts from 1; never used again. */
  readonly id: number;
  /** Where the face is, or where it should be while it is not seen. Image pixels. */
  readonly box: Box;
  /** What was found in this frame; null while it is not seen. */
  readonly detection: Detection | null;
  /** Milliseconds since it was first seen. */
  readonly age: number;
  /** Frames in a row in which it was not seen. */
  readonly misses: number;
  /** Seen in `MIN_HITS` consecutive frames, now or earlier, which false finds rarely are. */
  readonly confirmed: boolean;
}

/** The noise of the filter is meant for video of this rate. */
const STEP_MS = 1000 / 30;
/** Least overlap of a face with its track's expected box, as in SORT. */
const MIN_IOU = 0.3;
/** How long a track waits for its face to come back, milliseconds. */
const PATIENCE = 1000;
/** Consecutive frames that confirm a face, as in SORT; a track that misses one before is dropped, as in DeepSORT. */
const MIN_HITS = 3;

interface Followed {
  readonly id: number;
  readonly since: number;
  state: BoxState;
  lastSeen: number;
  misses: number;
  hits: number;
  detection: Detection | null;
}

/** SORT (Bewley et al. 2016): a Kalman filter a face, faces given to tracks by the Hungarian method on overlap. */
export class Tracker {
  #tracks: Followed[] = [];
  #next = 1;
  #time: number | null = null;

  /** The tracks after a frame taken at `time` (milliseconds; a clock that goes back starts over). */
  update(detections: readonly Detection[], time: number): Track[] {
    if (this.#time !== null && time < this.#time) this.reset();
    const steps = (time - (this.#time ?? time)) / STEP_MS;
    this.#time = time;
    for (const track of this.#tracks) track.state = predict(track.state, steps);
    const predicted = this.#tracks.map((track) => boxOf(track.state));
    const cost = this.#tracks.map((_, t) => detections.map(({ box }) => this.#cost(predicted[t]!, box)));
    const free = new Set(detections);
    for (const [t, column] of assign(cost).entries()) {
      const track = this.#tracks[t]!;
      const found = column >= 0 && cost[t]![column]! < 1 ? detections[column]! : null;
      track.detection = found;
      if (!found) {
        track.misses++;
        continue;
      }
      free.delete(found);
      track.state = correct(track.state, found.box);
      track.misses = 0;
      track.hits++;
      track.lastSeen = time;
    }
    this.#tracks = this.#tracks.filter(
      ({ lastSeen, misses, hits }) => time - lastSeen <= PATIENCE && (misses === 0 || hits >= MIN_HITS),
    );
    for (const detection of free) this.#tracks.push(this.#begin(detection, time));
    return this.#tracks.map(({ id, since, state, misses, hits, detection }) => ({
      id,
      box: boxOf(state),
      detection,
      age: time - since,
      misses,
      confirmed: hits >= MIN_HITS,
    }));
  }

  /** Where each face should be at `time`, and for how many frames it has not been seen. */
  expected(time: number): { readonly box: Box; readonly misses: number }[] {
    const steps = (time - (this.#time ?? time)) / STEP_MS;
    if (steps < 0) return [];
    return this.#tracks.map(({ state, misses }) => ({ box: boxOf(predict(state, steps)), misses }));
  }

  /** Forgets all tracks; ids continue. */
  reset(): void {
    this.#tracks = [];
    this.#time = null;
  }

  /** Any overlap below the least costs the same: such a pair is never better than none. */
  #cost(predicted: Box, box: Box): number {
    const iou = boxIou(predicted, box);
    return iou < MIN_IOU ? 1 : 1 - iou;
  }

  #begin(detection: Detection, time: number): Followed {
    const state = startState(detection.box);
    return { id: this.#next++, since: time, state, lastSeen: time, misses: 0, hits: 1, detection };
  }
}

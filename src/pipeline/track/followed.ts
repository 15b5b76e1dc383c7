/** The videos of a pipeline, by name: each has its own faces and ids. */
import type { RecognisedFace } from '../../core/types';
import { withFrame } from '../decode';
import { leastFace } from '../detect/tiles';
import type { Matching } from '../match';
import type { TrackContext, TrackRequest, TrackResult } from '../requests';
import { Timings } from '../timings';
import { LiveFaces, searchSettings, type LiveModels } from './liveFaces';

/** A page has at most a camera and a file; videos that are never ended must not fill the memory. */
const MOST = 4;

/** One video. It begins with its first frame. */
export interface FollowedVideo {
  /** The next frame. Throws decodePicture's errors, `detect/bad-option`, `aborted`. */
  track(request: TrackRequest, context: TrackContext): Promise<TrackResult>;
  /** The best views of a face, for enrolment, those that need no hint first; empty where it is not known (any more). */
  best(id: number, matching: Matching): Promise<RecognisedFace[]>;
  /** Forgets its faces; false where there were none. */
  end(): boolean;
}

/** Gives each video by its name. When there are too many, the one that began first is forgotten. */
export function followVideos(models: LiveModels): (name: string) => FollowedVideo {
  const videos = new Map<string, LiveFaces>();

  function begun(name: string): LiveFaces {
    const faces = videos.get(name) ?? new LiveFaces();
    videos.set(name, faces);
    const [first] = videos.keys();
    if (videos.size > MOST && first !== undefined) videos.delete(first);
    return faces;
  }

  return (name) => ({
    async track(request, { signal, matching, onFaces }) {
      const timings = new Timings();
      return withFrame(request.picture, { signal, timings }, async (frame) => {
        const { width, height } = frame;
        const faces = await begun(name).frame(frame, models, request, {
          timings,
          matching,
          signal,
          onFaces: (first) => onFaces?.({ width, height, faces: first }),
        });
        return {
          width,
          height,
          faces,
          leastFace: leastFace(frame, searchSettings(frame, request)),
          timings: timings.ms,
        };
      });
    },
    best: async (id, matching) => videos.get(name)?.best(id, matching) ?? [],
    end: () => videos.delete(name),
  });
}

/**
 * The app's own engine over a client that answers without a thread. Pictures are texts: each letter is a face, whose
 * number is the letter's, so that the same letter is the same person everywhere.
 */
import { Engine } from '../../../src/app/shell/engine.svelte';
import { FaceNet } from '../../../src/client/faceNet';
import type { EngineState } from '../../../src/client/types';
import { FaceError } from '../../../src/core/errors';
import type { Embedding, GalleryFace, Match, StoredCrop } from '../../../src/core/types';
import type { Store } from '../../../src/store/schema';
import { photoFace } from '../store/photoStoreBehaviour';

/** Two letters are so far apart; the scripted threshold is half of it. */
const STEP = 10;

export interface Script {
  /** Called before an operation is answered: may wait, or throw what the answer is to be. */
  before: (op: string, request: Record<string, unknown>) => void | Promise<void>;
  readonly asked: string[];
  state: EngineState;
}

const STATE: EngineState = {
  model: 'm',
  engine: 'tfjs',
  backend: 'wasm',
  precision: 'float32',
  adapter: null,
  softwareAdapter: false,
  threads: 1,
  threshold: STEP / 2,
  plainThreshold: STEP / 2,
  twiceDistance: 1,
  cohort: null,
  far: 1e-3,
  crop: 'facenet',
  embeddingSize: 2,
  notes: [],
};

export function embeddingOf(letter: string, modelId = 'm'): Embedding {
  return { modelId, vector: Float32Array.of(letter.charCodeAt(0) * STEP, 0) };
}

/** A face as it is enrolled. */
export function faceOf(letter: string, name = `${letter}.jpg`) {
  const { crop, quality } = photoFace(1);
  const picture = new Blob([letter]);
  return {
    embedding: embeddingOf(letter),
    crop: { ...crop, picture },
    quality,
    source: { kind: 'picture', name } as const,
  };
}

/** The nearest person and the next one, as the worker's `match` gives them. */
function matchOf(gallery: readonly GalleryFace[], { vector }: Embedding): Match {
  const nearest = new Map<string, number>();
  for (const { person, embedding } of gallery) {
    const distance = Math.abs(embedding.vector[0]! - vector[0]!);
    nearest.set(person, Math.min(distance, nearest.get(person) ?? Infinity));
  }
  const [first, second] = [...nearest].sort((a, b) => a[1] - b[1]);
  const isKnown = first !== undefined && first[1] <= STEP / 2;
  return {
    person: isKnown ? first[0] : null,
    nearest: first?.[0] ?? null,
    distance: first?.[1] ?? null,
    normalised: first?.[1] ?? null,
    second: second?.[0] ?? null,
    secondDistance: second?.[1] ?? null,
    secondNormalised: second?.[1] ?? null,
    certainty: isKnown ? 0.9 : null,
  };
}

export async function scriptedEngine(store: Store): Promise<{ readonly engine: Engine; readonly script: Script }> {
  const script: Script = { before: () => undefined, asked: [], state: STATE };
  let gallery: readonly GalleryFace[] = [];
  const answers: Record<string, (request: never) => unknown> = {
    start: () => script.state,
    setFar: ({ far }: { far: number | null }) => (script.state = { ...script.state, far: far ?? 1e-3 }),
    models: () => [],
    setGallery: ({ faces }: { faces: readonly GalleryFace[] }) => (gallery = faces),
    match: ({ embeddings }: { embeddings: readonly Embedding[] }) => embeddings.map((each) => matchOf(gallery, each)),
    embedStored: async ({ crops }: { crops: readonly StoredCrop[] }) =>
      Promise.all(crops.map(async ({ picture }) => embeddingOf(await picture.text(), script.state.model))),
    groupFaces: ({ embeddings }: { embeddings: readonly Embedding[] }) =>
      Int32Array.from(embeddings, ({ vector }) => vector[0]!),
    recognise: async ({ picture }: { picture: Blob }) => {
      const faces = Array.from(await picture.text(), (letter, i) => {
        const { crop, quality, score } = photoFace(1);
        const box = { x0: 10 * i, y0: 0, x1: 10 * i + 8, y1: 8 };
        const embedding = embeddingOf(letter, script.state.model);
        const match = matchOf(gallery, embedding);
        const own = { ...crop, picture: new Blob([letter]) };
        return { detection: { ...crop.detection, box, score }, embedding, quality, hint: null, match, crop: own };
      });
      return { width: 10, height: 10, leastFace: 1, faces, timings: {} };
    },
  };
  const call = async (op: string, request: Record<string, unknown>, options?: { signal?: AbortSignal }) => {
    script.asked.push(op);
    await script.before(op, request);
    if (options?.signal?.aborted) throw new FaceError('aborted');
    const answer = answers[op];
    if (!answer) throw new Error(`no answer is scripted to ${op}`);
    return answer(request as never);
  };
  const net = Object.assign(new FaceNet(), { call: call as FaceNet['call'] });
  const engine = new Engine(net, store.settings, await store.settings.read());
  return { engine, script };
}

import type { Human } from '@vladmandic/human';

/** `@vladmandic/human` as its demos follow and know faces: its own detector, mesh, embedding and caching, on WASM. */
export async function loadHuman(faces: number): Promise<(video: HTMLVideoElement) => Promise<number>> {
  const address = '/@peers/human/human.esm.js';
  const module = (await import(/* @vite-ignore */ address)) as { Human: typeof Human };
  const human = new module.Human({
    backend: 'wasm',
    wasmPath: '/@peers/tfjs-wasm/',
    modelBasePath: '/@peers/human-models/',
    // Its picture filters need WebGL, which a machine without a GPU computes.
    filter: { enabled: false },
    face: {
      enabled: true,
      detector: { maxDetected: faces },
      mesh: { enabled: true },
      description: { enabled: true },
      iris: { enabled: false },
      emotion: { enabled: false },
      antispoof: { enabled: false },
      liveness: { enabled: false },
    },
    body: { enabled: false },
    hand: { enabled: false },
    object: { enabled: false },
    gesture: { enabled: false },
    segmentation: { enabled: false },
  });
  await human.load();
  return async (video) => {
    const { face, error } = await human.detect(video);
    if (error) throw new Error(error);
    return face.filter(({ embedding }) => embedding).length;
  };
}

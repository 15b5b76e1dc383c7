/**
 * Tests only: a real worker that speaks part of the protocol and dies on request. It keeps what it received, and reports
 * so in its answers, so that a test sees whether a new worker is as the old one was.
 */
import { FACE_TRANSFERS, type EngineState, type Ops } from '../../../workers/protocol';
import { serve } from '../../../workers/rpc';

type Served = Pick<Ops, 'start' | 'setGallery' | 'setFar' | 'detect' | 'memory'>;

let model = 'none';
let far = 0;
let people = 0;
const state = (): EngineState => ({
  model,
  engine: 'litert',
  backend: 'wasm',
  precision: 'int8',
  adapter: null,
  softwareAdapter: false,
  threads: 1,
  threshold: 1,
  plainThreshold: 1,
  twiceDistance: 0.5,
  far,
  crop: 'facenet',
  cohort: null,
  embeddingSize: 128,
  notes: [],
});
function die(reason: string): void {
  setTimeout(() => {
    throw new Error(reason);
  });
}

serve<Served>(
  self,
  {
    start: async (req, { progress, signal }) => {
      if (req.model === 'dies') die('died of start');
      if (req.model === 'dies' || req.model === 'hangs')
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      // Where an address is given, the first start there succeeds, and every later one kills its worker.
      if (req.modelsUrl) {
        const starts = await caches.open(req.modelsUrl);
        if (await starts.match('/started')) die('died of the second start');
        await starts.put('/started', new Response());
      }
      progress({ stage: 'Loading', done: 1, total: 1, unit: 'steps' });
      model = req.model ?? 'default';
      far = req.far ?? 0.001;
      return state();
    },
    setFar: (req) => {
      far = req.far ?? 0.001;
      return state();
    },
    setGallery: ({ faces }) => {
      people = new Set(faces.map((face) => face.person)).size;
      return { people, faces: faces.length };
    },
    detect: async ({ picture, name }) => {
      if (name === 'trap') throw new WebAssembly.RuntimeError('unreachable');
      if (name === 'dies') {
        die('died of detect');
        await new Promise(() => {});
      }
      if (name === 'waits') await new Promise((resolve) => setTimeout(resolve, 100));
      const size = picture instanceof ImageBitmap ? picture : { width: 0, height: 0 };
      return { width: size.width, height: size.height, faces: [], leastFace: 20 };
    },
    // What it received, in the numbers that the protocol has for memory.
    memory: () => ({ tensors: people, wasmBytes: model === 'facenet' ? 1 : 0, gpuBuffers: far }),
  },
  { owned: FACE_TRANSFERS, lanes: { memory: 'quick' } },
);

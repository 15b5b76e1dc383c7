import type { BackendName } from '../core/types';
import { FaceError } from '../core/errors';
import type { Engine } from './executor';
import { fold } from './fold';
import { LiteRtExecutor, type LiteRtSession } from './litertExecutor';
import { openGpu } from './litertGpu';
import { bestBuild, loadLiteRtModule } from './litertLoader';
import { multiplyAdds } from './multiplyAdds';
import { fillTiles } from './padChannels';
import { writeTflite } from './tflite';

/** More threads than this do not make one face's convolutions faster. */
const MOST_THREADS = 8;
/**
 * Multiply-adds per thread, half a millisecond's work; each network has its own threads. On two cores R-Net on 8 windows (12
 * million) takes .45 ms with two threads and .71 with one.
 */
const WORK_PER_THREAD = 12e6;

/**
 * LiteRT.js on WASM (XNNPACK; `threads` at most, default all cores up to 8, one where the page is not cross-origin
 * isolated) or on WebGPU. Each engine has its own WASM module and device. Throws `backend/unavailable`.
 */
export async function createLiteRtEngine(options: {
  readonly backend: BackendName;
  readonly threads?: number;
}): Promise<Engine> {
  const { backend } = options;
  const gpu = backend === 'webgpu' ? await openGpu() : null;
  // On WebGPU the CPU only hands over work: one thread.
  const wanted = gpu ? 1 : (options.threads ?? Math.min(navigator.hardwareConcurrency, MOST_THREADS));
  const build = bestBuild(wanted);
  const threads = build === 'threaded' ? wanted : 1;
  const loaded = await loadLiteRtModule(build, threads).catch((error: unknown) => {
    gpu?.device.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new FaceError('backend/unavailable', { backend: 'LiteRT.js', reason }, { cause: error });
  });
  const environment = loaded.module.LiteRtEnvironment.create(gpu?.device ?? null);
  const session: LiteRtSession = { ...loaded, environment, backend, gpu, executors: new Set() };
  let disposed = false;
  return {
    name: 'litert',
    backend,
    adapter: gpu?.name ?? null,
    softwareAdapter: gpu?.software ?? false,
    threads,
    async prepare(graph, weights) {
      const folded = fold(graph, weights);
      const useful = Math.min(threads, Math.ceil(multiplyAdds(folded.graph) / WORK_PER_THREAD) || 1);
      // Only XNNPACK's kernels leave lanes unused; on a GPU the added channels would be work for nothing.
      const written = gpu ? folded : fillTiles(folded.graph, folded.weights);
      const bytes = writeTflite(written.graph, written.weights);
      return LiteRtExecutor.compile(session, written.graph, bytes, useful);
    },
    memory: () => ({
      tensors: [...session.executors].reduce((sum, executor) => sum + executor.tensors, 0),
      wasmBytes: loaded.wasmBytes(),
      gpuBuffers: gpu?.buffers.size ?? 0,
    }),
    onLost(callback) {
      void gpu?.device.lost.then(({ message, reason }) => {
        if (!disposed) callback(message || reason);
      });
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const executor of session.executors) executor.dispose();
      environment.delete();
      loaded.threads.terminate();
      for (const buffer of gpu?.buffers ?? []) buffer.destroy();
      gpu?.device.destroy();
    },
  };
}

import { FaceError } from '../core/errors';

/** A WebGPU device for one engine, and the buffers that live on it. */
export interface Gpu {
  readonly device: GPUDevice;
  /** The adapter's name for people. */
  readonly name: string;
  /** True when the adapter is the CPU in disguise (SwiftShader and the like). */
  readonly software: boolean;
  /** Buffers that have been created and not destroyed. */
  readonly buffers: ReadonlySet<GPUBuffer>;
  /** The result of `work`; `backend/device-lost` where the device is lost meanwhile, even if `work` then never settles. */
  guard<T>(work: Promise<T>): Promise<T>;
}

// Both make its kernels faster where the adapter has them.
const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups'];
// As large as the adapter has them: the first four for LiteRT.js, the sizes of work groups for tfjs.
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxTextureDimension2D',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GPUSupportedLimits)[];
const ADAPTER: GPURequestAdapterOptions = { powerPreference: 'high-performance' };
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

/** Whether this browser has WebGPU, on a graphics card or only on the CPU in disguise. */
export async function adapterKind(): Promise<'none' | 'software' | 'hardware'> {
  const adapter = 'gpu' in navigator ? await navigator.gpu.requestAdapter(ADAPTER) : null;
  if (!adapter) return 'none';
  return isSoftware(adapter.info) ? 'software' : 'hardware';
}

/** Opens the fastest adapter's device, with its own limits. Throws `backend/unavailable`. */
export async function openGpu(): Promise<Gpu> {
  const fail = (reason: string, cause?: unknown) =>
    new FaceError('backend/unavailable', { backend: 'WebGPU', reason }, { cause });
  if (!('gpu' in navigator)) throw fail('this browser has no WebGPU');
  const adapter = await navigator.gpu.requestAdapter(ADAPTER);
  if (!adapter) throw fail('no graphics adapter was found');
  const device = await adapter
    .requestDevice({
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    })
    .catch((error: unknown) => {
      throw fail(error instanceof Error ? error.message : String(error), error);
    });
  return {
    device,
    name: nameOf(adapter.info),
    software: isSoftware(adapter.info),
    buffers: trackBuffers(device),
    guard: lossGuard(device),
  };
}

/** Milliseconds after an error in which the loss of the device, its cause, may be reported. */
const NEWS_DELAY = 200;

function lossGuard(device: GPUDevice): Gpu['guard'] {
  // One reaction on `device.lost` for all calls: each would stay until the device's end.
  const pending = new Set<(error: FaceError) => void>();
  let loss: FaceError | null = null;
  void device.lost.then(({ message, reason }) => {
    loss = new FaceError('backend/device-lost', { reason: message || reason });
    for (const reject of pending) reject(loss);
  });
  return async (work) => {
    let reject: (error: FaceError) => void = () => {};
    const lost = new Promise<never>((_, rejectNow) => (reject = rejectNow));
    if (loss) reject(loss);
    pending.add(reject);
    try {
      return await Promise.race([work, lost]);
    } catch (error) {
      if (!loss) await new Promise((resolve) => setTimeout(resolve, NEWS_DELAY));
      throw loss ?? error;
    } finally {
      pending.delete(reject);
    }
  };
}

function nameOf({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return [vendor, architecture, device, description].filter(Boolean).join(' ') || 'unnamed';
}

function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || SOFTWARE.test(nameOf(info));
}

function trackBuffers(device: GPUDevice): ReadonlySet<GPUBuffer> {
  const live = new Set<GPUBuffer>();
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      live.delete(buffer);
      destroy();
    };
    live.add(buffer);
    return buffer;
  };
  return live;
}

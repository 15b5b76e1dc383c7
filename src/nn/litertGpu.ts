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
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

/** Opens the fastest adapter's device, with its own limits. Throws `backend/unavailable`. */
export async function openGpu(): Promise<Gpu> {
  const fail = (reason: string, cause?: unknown) =>
    new FaceError('backend/unavailable', { backend: 'webgpu', reason }, { cause });
  if (!('gpu' in navigator)) throw fail('this browser has no WebGPU');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw fail('no graphics adapter was found');
  const device = await adapter
    .requestDevice({
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    })
    .catch((error: unknown) => {
      throw fail(error instanceof Error ? error.message : String(error), error);
    });
  const { info } = adapter;
  const name = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(' ') || 'unnamed';
  return {
    device,
    name,
    software: info.isFallbackAdapter || SOFTWARE.test(name),
    buffers: trackBuffers(device),
  };
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

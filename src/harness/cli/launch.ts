import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright';
import type { BackendName } from '../../core/types';

export type BackendChoice = BackendName | 'auto';

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
/** WebGPU on a real GPU in headless Chromium on Linux, where it is off by default and needs Vulkan. */
const LINUX_GPU = [
  '--enable-unsafe-webgpu',
  '--ignore-gpu-blocklist',
  '--use-angle=vulkan',
  '--enable-features=Vulkan,VulkanFromANGLE,DefaultANGLEVulkan',
  '--disable-vulkan-surface',
];
/** The same API computed on the CPU: right numbers, far too slow for work; taken only where WebGPU is asked for by name. */
const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
const GPU_NODES = ['/dev/nvidia0', '/dev/dri/renderD128'];
/** Where container hosts put NVIDIA's Vulkan driver without telling the loader. */
const CONTAINER_DRIVER = '/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json';

/** Chromium's flags for a backend. `hasGpu`: whether this Linux machine shows a GPU; other systems need no flags. */
export function launchFlags(backend: BackendChoice, platform: string, hasGpu: boolean): string[] {
  if (backend === 'wasm' || platform !== 'linux') return QUIET;
  if (hasGpu) return [...QUIET, ...LINUX_GPU];
  return backend === 'webgpu' ? [...QUIET, ...SOFTWARE_GPU] : QUIET;
}

/** Said once, since pictures of strangers are decoded in that browser. */
const AS_ROOT =
  'Chromium runs without its sandbox, because it has none for root: run this as another user when pictures come from strangers.';
const NO_SANDBOX =
  'Chromium runs without its sandbox, which does not start on this system (no user namespaces): take care with pictures from strangers.';

/** Tries with the sandbox (not as root), then without, with a sentence to `warn`. Rejects as the last start does. */
export async function launchSandboxed<T>(
  isRoot: boolean,
  launch: (chromiumSandbox: boolean) => Promise<T>,
  warn: (sentence: string) => void,
): Promise<T> {
  if (!isRoot) {
    const sandboxed = await launch(true).catch(() => null);
    if (sandboxed !== null) return sandboxed;
  }
  const bare = await launch(false);
  warn(isRoot ? AS_ROOT : NO_SANDBOX);
  return bare;
}

/** Starts headless Chromium, sandboxed where it can be, with `flags` added to the backend's. We handle signals. */
export function launchChromium(
  executablePath: string,
  backend: BackendChoice,
  flags: readonly string[] = [],
): Promise<Browser> {
  const hasGpu = GPU_NODES.some((node) => existsSync(node));
  const driver =
    hasGpu && !process.env['VK_DRIVER_FILES'] && existsSync(CONTAINER_DRIVER)
      ? { VK_DRIVER_FILES: CONTAINER_DRIVER }
      : {};
  const launch = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath,
      chromiumSandbox,
      args: [...launchFlags(backend, process.platform, hasGpu), ...flags],
      env: { ...process.env, ...driver },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  return launchSandboxed(process.getuid?.() === 0, launch, (sentence) => console.error(sentence));
}

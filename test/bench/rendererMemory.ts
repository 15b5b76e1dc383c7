import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright';

/** Resident memory of the browser's renderers, bytes: pages and workers, heaps and WebAssembly. 0 where Linux does not tell. */
export async function rendererMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { id }) => sum + residentBytes(id), 0);
}

/** Looks four times a second until the function that it gives is called, which tells the most that there was, bytes. */
export function watchMemory(browser: Browser): () => Promise<number> {
  let most = 0;
  let watching = true;
  const watch = async (): Promise<void> => {
    while (watching) {
      // Whoever works with a browser that is gone reports it.
      most = Math.max(most, await rendererMemory(browser).catch(() => 0));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const watched = watch();
  return async () => {
    watching = false;
    await watched;
    return most;
  };
}

function residentBytes(pid: number): number {
  try {
    return 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it has ended, or this is no Linux
  }
}

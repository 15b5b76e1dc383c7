import { connect } from '../../../workers/rpc';
import type { CropOps } from './ops';

export interface CropsPage {
  start(workers: number, req: CropOps['start']['req']): Promise<string[]>;
  /** By a worker of its number: float32 numbers, a row a picture that has a face; `found` tells which have. */
  embed(worker: number, pictures: { url: string; name: string }[]): Promise<{ found: boolean[]; numbers: Uint8Array }>;
}

declare global {
  /** What the Node side calls. */
  var cropsPage: CropsPage;
}

const calls: ReturnType<typeof connect<CropOps>>['call'][] = [];

globalThis.cropsPage = {
  async start(workers, req) {
    for (let i = 0; i < workers; i++) {
      const worker = new Worker(new URL('./crops.worker.ts', import.meta.url), { type: 'module' });
      calls.push(connect<CropOps>(worker).call);
    }
    const names = await Promise.all(calls.map((call) => call('start', req)));
    return names[0]!;
  },
  async embed(worker, pictures) {
    const blobs = await Promise.all(
      pictures.map(async ({ url, name }) => ({ blob: await (await fetch(url)).blob(), name })),
    );
    const rows = await calls[worker]!('embed', { pictures: blobs });
    const parts = rows.filter((row) => row !== null);
    const numbers = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      numbers.set(part, at);
      at += part.length;
    }
    return { found: rows.map((row) => row !== null), numbers: new Uint8Array(numbers.buffer) };
  },
};

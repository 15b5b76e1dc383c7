import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inPage, measureLive } from './measureLive';
import { liveRows, liveTable } from './report';

/**
 * `node test/bench/live/live.js [--seconds 4] [--rounds 3] [--alone] [--soak 2000] [--out FILE]`: how many results a
 * second and how old, 640×480 with one face and with six, beside Human and face-api in turn (`--alone`: without them);
 * `--soak`: instead, memory over that number of frames.
 */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '3' },
      alone: { type: 'boolean', default: false },
      soak: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  if (values.soak !== undefined) await soakFrames(Number(values.soak));
  else {
    const results = await measureLive({ rounds, seconds: Number(values.seconds), peers: !values.alone });
    console.log(liveTable(liveRows(results)));
    if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  }
  return 0;
}

async function soakFrames(frames: number): Promise<void> {
  const every = Math.ceil(frames / 4);
  const points = await inPage((page) => page.evaluate(([all, step]) => soak(all, step), [frames, every] as const));
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  for (const { frames: done, memory, heapBytes } of points)
    console.log(
      `${done} frames: ${memory.tensors} tensors, ${memory.gpuBuffers} GPU buffers, WASM ${mebibytes(memory.wasmBytes)}, heap ${mebibytes(heapBytes)}`,
    );
}

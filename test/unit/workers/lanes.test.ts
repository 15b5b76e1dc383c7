import { expect, test, vi } from 'vitest';
import { connect, serve, type Handlers } from '../../../workers/rpc';
import { FACE_SERVE_OPTIONS, type OpName, type Ops } from '../../../workers/protocol';

/** Every operation that runs a network, or changes what the networks are. */
const ON_NETWORKS = [
  'start',
  'detect',
  'recognise',
  'track',
  'embedFaces',
  'embedAligned',
  'embedStored',
  'align',
  'benchmark',
] as const satisfies OpName[];

test('operations on the networks never overlap, whatever arrives together; a question is answered meanwhile', async () => {
  const running = new Set<string>();
  const order: string[] = [];
  let overlaps = 0;
  const release: (() => void)[] = [];
  const handler = (op: string) => async () => {
    if (running.size > 0) overlaps++;
    running.add(op);
    order.push(op);
    await new Promise<void>((resolve) => release.push(resolve));
    running.delete(op);
    return null;
  };
  const handlers = {
    ...Object.fromEntries(ON_NETWORKS.map((op) => [op, handler(op)])),
    memory: () => ({ tensors: 1, wasmBytes: 2, gpuBuffers: 3 }),
  } as unknown as Handlers<Ops>;
  const { port1, port2 } = new MessageChannel();
  serve<Ops>(port2, handlers, FACE_SERVE_OPTIONS);
  const { call } = connect<Ops>(port1);
  const picture = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  const all = ON_NETWORKS.map((op) => call(op, { picture, pictures: [], video: 'film', time: 0 }));
  for (let done = 1; done <= ON_NETWORKS.length; done++) {
    await vi.waitFor(() => expect(release).toHaveLength(done));
    expect(await call('memory', {})).toEqual({ tensors: 1, wasmBytes: 2, gpuBuffers: 3 });
    expect(release).toHaveLength(done);
    release.at(-1)!();
  }
  await Promise.all(all);
  expect(order).toEqual([...ON_NETWORKS]);
  expect(overlaps).toBe(0);
  port1.close();
});

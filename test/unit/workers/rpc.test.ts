import { afterEach, expect, test, vi } from 'vitest';
import { FaceError } from '../../../src/core/errors';
import { connect, serve, type Connection, type Handlers, type ServeOptions } from '../../../workers/rpc';

interface TestOps {
  double: { req: { value: number }; res: number; progress: never };
  count: { req: { to: number }; res: string; progress: { done: number } };
  wait: { req: { name: string }; res: string; progress: never };
  fail: { req: { how: 'typed' | 'untyped' | 'abort-error' }; res: never; progress: never };
  bytes: { req: { buffer: ArrayBuffer }; res: ArrayBuffer; progress: never };
}

let channel: MessageChannel;
/** Names in the order in which `wait` began, and what it was aborted with. */
let begun: string[];
let aborted: string[];
let release: Map<string, () => void>;

const handlers: Handlers<TestOps> = {
  double: ({ value }) => value * 2,
  count: async ({ to }, { progress }) => {
    for (let done = 1; done <= to; done++) progress({ done });
    return `${to}`;
  },
  wait: ({ name }, { signal }) =>
    new Promise((resolve, reject) => {
      begun.push(name);
      release.set(name, () => resolve(name));
      signal.addEventListener('abort', () => {
        aborted.push(name);
        reject(new FaceError('aborted'));
      });
    }),
  fail: ({ how }) => {
    if (how === 'typed') throw new FaceError('weights/truncated', { file: 'a.npy' });
    if (how === 'abort-error') throw new DOMException('stop', 'AbortError');
    throw new TypeError('x is not a function');
  },
  bytes: ({ buffer }) => buffer,
};

function open(options: ServeOptions<TestOps> = {}): Connection<TestOps> {
  channel = new MessageChannel();
  begun = [];
  aborted = [];
  release = new Map();
  serve<TestOps>(channel.port2, handlers, options);
  return connect<TestOps>(channel.port1, { transfers: { bytes: ({ buffer }) => [buffer] } });
}
afterEach(() => {
  channel.port1.close();
  vi.restoreAllMocks();
});

test('a call gets its own answer, whatever else is asked at the same time', async () => {
  const connection = open();
  const answers = await Promise.all([1, 2, 3].map((value) => connection.call('double', { value })));
  expect(answers).toEqual([2, 4, 6]);
});

test('progress arrives in order and before the answer', async () => {
  const seen: number[] = [];
  const answer = await open().call('count', { to: 3 }, { onProgress: ({ done }) => seen.push(done) });
  expect(seen).toEqual([1, 2, 3]);
  expect(answer).toBe('3');
});

test('a typed error keeps its code, details and sentence', async () => {
  const error = await open()
    .call('fail', { how: 'typed' })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FaceError);
  expect(error).toMatchObject({ code: 'weights/truncated', details: { file: 'a.npy' } });
  expect((error as FaceError).message).toContain('a.npy is cut off');
});

test('any other error arrives as internal, and is written to the console there', async () => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => {});
  await expect(open().call('fail', { how: 'untyped' })).rejects.toMatchObject({
    code: 'internal',
    details: { reason: 'x is not a function', stack: expect.stringContaining('rpc.test.ts') as string },
  });
  expect(written).toHaveBeenCalledOnce();
});

test("the platform's AbortError arrives as aborted", async () => {
  await expect(open().call('fail', { how: 'abort-error' })).rejects.toMatchObject({ code: 'aborted' });
});

test('an operation that the worker does not know is worker/bad-request', async () => {
  const { call } = open() as unknown as { call(op: string, req: object): Promise<unknown> };
  await expect(call('halve', {})).rejects.toMatchObject({ code: 'worker/bad-request', details: { op: 'halve' } });
});

test('calls run one after the other, in order, and lanes side by side', async () => {
  const connection = open({ lanes: { double: 'quick' } });
  const first = connection.call('wait', { name: 'a' });
  const second = connection.call('wait', { name: 'b' });
  expect(await connection.call('double', { value: 4 })).toBe(8);
  expect(begun).toEqual(['a']);
  release.get('a')!();
  await first;
  await vi.waitFor(() => expect(begun).toEqual(['a', 'b']));
  release.get('b')!();
  expect(await second).toBe('b');
});

test('abort rejects at once and reaches the running handler', async () => {
  const connection = open();
  const abort = new AbortController();
  const call = connection.call('wait', { name: 'a' }, { signal: abort.signal });
  await vi.waitFor(() => expect(begun).toEqual(['a']));
  abort.abort();
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
  await vi.waitFor(() => expect(aborted).toEqual(['a']));
  expect(await connection.call('double', { value: 1 })).toBe(2);
});

test('a call aborted while it waits never reaches its handler', async () => {
  const connection = open();
  const abort = new AbortController();
  const first = connection.call('wait', { name: 'a' });
  const second = connection.call('wait', { name: 'b' }, { signal: abort.signal });
  abort.abort();
  await expect(second).rejects.toMatchObject({ code: 'aborted' });
  await vi.waitFor(() => expect(begun).toEqual(['a']));
  release.get('a')!();
  await first;
  await connection.call('double', { value: 1 });
  expect(begun).toEqual(['a']);
});

test('a signal that is aborted already sends nothing', async () => {
  const call = open().call('wait', { name: 'a' }, { signal: AbortSignal.abort() });
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
  expect(begun).toEqual([]);
});

test('what the request hands over is transferred, not copied', async () => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const answer = await open().call('bytes', { buffer });
  expect(buffer.byteLength).toBe(0);
  expect([...new Uint8Array(answer)]).toEqual([1, 2, 3]);
});

test('a request that cannot be sent rejects and leaves the connection usable', async () => {
  const connection = open();
  const value = (() => 1) as unknown as number;
  await expect(connection.call('double', { value })).rejects.toMatchObject({ code: 'internal' });
  expect(await connection.call('double', { value: 1 })).toBe(2);
});

test('close rejects what is pending and whatever is called later', async () => {
  const connection = open();
  const pending = connection.call('wait', { name: 'a' });
  connection.close(new FaceError('aborted'));
  await expect(pending).rejects.toMatchObject({ code: 'aborted' });
  await expect(connection.call('double', { value: 1 })).rejects.toMatchObject({ code: 'aborted' });
});

test('an unreadable answer rejects every pending call with worker/crashed and is reported once', async () => {
  const port = new MessageChannel().port1;
  const crashes: FaceError[] = [];
  const connection = connect<TestOps>(port, { onCrash: (error) => crashes.push(error) });
  const calls = [connection.call('double', { value: 1 }), connection.call('wait', { name: 'a' })];
  port.dispatchEvent(new Event('messageerror'));
  port.dispatchEvent(new Event('messageerror'));
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'worker/crashed' });
  expect(crashes).toHaveLength(1);
  port.close();
});

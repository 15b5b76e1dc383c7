import { expect, test, vi } from 'vitest';
import { CallerSink } from '../../../../src/service/train/callerSink';

const checkpoint = (step: number) => ({
  meta: JSON.stringify({
    version: 1,
    step,
    epoch: 1,
    random: 1,
    position: { random: 1, sampler: { random: 1, position: 0 } },
    data: { samples: 1, hash: 1 },
  }),
  tensors: Uint8Array.of(step),
});

function open(keep: boolean, last: ReturnType<typeof checkpoint> | null = null) {
  const ready: { number: number; step: number }[] = [];
  const abort = new AbortController();
  return { sink: new CallerSink(last, keep, (checkpoint) => ready.push(checkpoint), abort.signal), ready, abort };
}

test('a save lasts until the caller has taken the checkpoint and says that it is safe', async () => {
  const { sink, ready } = open(true);
  const saved = vi.fn();
  const saving = sink.save(checkpoint(7)).then(saved);
  expect(ready).toEqual([{ number: 1, step: 7 }]);
  expect(sink.take(1).tensors).toEqual(Uint8Array.of(7));
  sink.saved(5); // another's
  await Promise.resolve();
  expect(saved).not.toHaveBeenCalled();
  sink.saved(1);
  await saving;
  expect((await sink.latest())!.tensors, 'kept, to resume from when the device is lost').toEqual(Uint8Array.of(7));
  expect(() => sink.take(1)).toThrow(expect.objectContaining({ code: 'worker/bad-request' }));
});

test('a checkpoint that could not be kept ends the run with the caller’s error, and the one before is still there', async () => {
  const { sink } = open(true, checkpoint(3));
  const saving = sink.save(checkpoint(6));
  sink.saved(1, { code: 'store/full', details: {} });
  await expect(saving).rejects.toThrow(expect.objectContaining({ code: 'store/full' }));
  expect((await sink.latest())!.tensors).toEqual(Uint8Array.of(3));
});

test('a call that is aborted waits for nobody', async () => {
  const { sink, abort } = open(false);
  const saving = sink.save(checkpoint(1));
  abort.abort();
  await expect(saving).rejects.toThrow(expect.objectContaining({ code: 'aborted' }));
});

import { expect, test } from 'vitest';
import type { Engine } from '../../../../src/app/shell/engine.svelte';
import { facesOfFiles } from '../../../../src/app/train/gatherFaces';
import { FaceError, type ErrorCode } from '../../../../src/core/errors';

const files = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => ({ person: 'Ada', file: new File(['x'], name) }));
const face = {
  crop: { picture: new Blob(['crop']) },
  detection: {
    score: 1,
    box: { x0: 0, y0: 0, x1: 100, y1: 120 },
    points: [
      { x: 30, y: 50 },
      { x: 70, y: 50 },
      { x: 50, y: 70 },
      { x: 35, y: 95 },
      { x: 65, y: 95 },
    ],
  },
};

/** Answers each picture with a face, but for `b.jpg`. */
function engineThatFails(code: ErrorCode): Engine {
  const call = (_: string, { name }: { name: string }) =>
    name === 'b.jpg'
      ? Promise.reject(new FaceError(code, { name, reason: 'out of memory' }))
      : Promise.resolve({ faces: [face] });
  return { ready: () => Promise.resolve(), client: { call } } as unknown as Engine;
}
const gather = (code: ErrorCode) =>
  facesOfFiles(engineThatFails(code), files, { signal: new AbortController().signal, onProgress: () => undefined });

test.each(['image/truncated', 'worker/crashed'] as const)(
  'one picture that ends in %s is named, and the others are kept',
  async (code) => {
    const { identities, notes } = await gather(code);
    expect(identities.map(({ name, crops }) => [name, crops.length])).toEqual([['Ada', 2]]);
    expect(notes).toEqual([expect.stringContaining('b.jpg')]);
  },
);

test('what keeps the engine from running ends the gathering', async () => {
  await expect(gather('backend/unavailable')).rejects.toThrow(FaceError);
});

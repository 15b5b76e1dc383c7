import { expect, test } from 'vitest';
import { Pictures } from '../../../../src/app/recognise/pictures.svelte';

const NAMES = ['a.jpg', 'b.jpg', 'c.jpg'];
const sources = (names: readonly string[]) =>
  names.map((name) => ({ blob: new Blob([name]), source: { kind: 'picture', name } as const }));

/** A picture has one face, whose place says how it was searched. `match` waits for `until`. */
function engine(until: () => Promise<void> = () => Promise.resolve()) {
  const faceAt = (x0: number) => ({
    detection: { box: { x0 }, score: 0.5, points: [] },
    embedding: { modelId: 'm' },
    crop: {},
  });
  const call = async (op: string, request: { options?: { turned?: boolean }; embeddings?: unknown[] }) => {
    if (op === 'recognise')
      return { width: 9, height: 9, leastFace: 1, faces: [faceAt(request.options?.turned ? 2 : 1)] };
    await until();
    return request.embeddings!.map(() => ({ person: 'ada' }));
  };
  return { state: { model: 'm' }, ready: () => Promise.resolve(), client: { call } } as never;
}

/** The page keeps it, for a face may lie. */
function searchTurned(pictures: Pictures, place: number): Promise<void> {
  const item = pictures.items[place]!;
  item.blob = new Blob(['again']);
  return pictures.searchTurned(item);
}

test('pictures that are searched again are counted again, also those of an earlier batch', async () => {
  const pictures = new Pictures(engine());
  await pictures.add(sources(NAMES));
  await pictures.add(sources(['d.jpg']));
  expect([pictures.done, pictures.total]).toEqual([1, 1]);
  const again = Promise.all([searchTurned(pictures, 1), searchTurned(pictures, 2), searchTurned(pictures, 3)]);
  expect([pictures.done, pictures.total]).toEqual([0, 3]);
  await again;
  expect([pictures.done, pictures.total]).toEqual([3, 3]);
});

test('faces found by another look stay when people change meanwhile, and are asked about too; they have keys of their own', async () => {
  let free = () => {};
  const answer = new Promise<void>((resolve) => (free = resolve));
  const pictures = new Pictures(engine(() => answer));
  await pictures.add(sources(['a.jpg']));
  const [before] = pictures.items[0]!.faces;
  const asked = pictures.rematch();
  await searchTurned(pictures, 0);
  free();
  await asked;
  const [face] = pictures.items[0]!.faces;
  expect(face).toMatchObject({ detection: { box: { x0: 2 } }, match: { person: 'ada' } });
  expect(face!.key).not.toBe(before!.key);
});

import { expect, test, vi } from 'vitest';
import { PhotoQueue } from '../../../../src/app/photos/queue.svelte';
import { SourceReport } from '../../../../src/app/photos/sourceReport';
import { TabGuard } from '../../../../src/app/photos/tabGuard';
import type { PictureSource } from '../../../../src/app/photos/sources';
import type { PhotoFolder } from '../../../../src/store/photoSchema';

const folder = (id: string): PhotoFolder => ({
  id,
  name: id,
  kind: 'given',
  turned: false,
  unfinished: true,
  createdAt: 0,
});

function source(name: string, count: number): PictureSource {
  return {
    name,
    total: count,
    async *pictures() {
      for (let i = 0; i < count; i++)
        yield { path: `${i}.jpg`, size: 1, modified: 1, read: () => Promise.resolve(new Blob([name, String(i)])) };
    },
    report: () => new SourceReport().result(),
  };
}

test('a folder is left off only when its last picture is saved, so that none is saved after its removal; others go on', async () => {
  const saved: string[] = [];
  const finished: string[] = [];
  let begin = () => {};
  let free = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const disk = new Promise<void>((resolve) => (free = resolve));
  const library = {
    faces: [],
    photos: [],
    gone: new Map(),
    photoById: new Map(),
    async take({ photo }: { photo: { id: string } }) {
      begin();
      await disk;
      saved.push(photo.id);
    },
    finish: ({ id }: PhotoFolder) => Promise.resolve(void finished.push(id)),
    regroup: () => Promise.resolve(),
  };
  const engine = {
    ready: () => Promise.resolve(),
    client: { call: () => Promise.resolve({ width: 1, height: 1, faces: [] }) },
  };
  const queue = new PhotoQueue(engine as never, library as never, () => {}, new TabGuard(null, () => true));
  void queue.add(folder('a'), source('a', 9));
  void queue.add(folder('b'), source('b', 2));
  await begun;

  const left = queue.drop('a').then(() => saved.push('removed'));
  setTimeout(free, 20);
  await left;
  expect(saved.indexOf('removed')).toBeGreaterThan(0);
  await vi.waitFor(() => expect(finished).toEqual(['b']));
  const after = saved.slice(saved.indexOf('removed') + 1);
  expect(after.sort()).toEqual(['b/0.jpg', 'b/1.jpg']);
});

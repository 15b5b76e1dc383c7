import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FaceNet } from '../../../src/client/faceNet';
import { boxIou } from '../../../src/pipeline/detect/boxes';
import { MOBILE_FACE_NET } from '../../../src/weights/registry';
import type { EngineMemory } from '../../../src/core/types';
import type { TrackResult } from '../../../workers/protocol';
import { sampleBlob } from '../pipeline/support';
import { needsModels } from './models';

const [WIDTH, HEIGHT] = [640, 480];
let client: FaceNet;
let crew: ImageBitmap;
beforeEach((context) => needsModels(context));
beforeAll(async () => {
  client = new FaceNet();
  await client.call('start', { backend: 'wasm', model: MOBILE_FACE_NET.id });
  crew = await createImageBitmap(await sampleBlob('expedition-1-crew.jpg'));
});
afterAll(() => client.close());

/** The crew picture as a camera would see it that is `shift` pixels further to the right. */
async function frame(shift: number, filter = 'none', [width, height] = [WIDTH, HEIGHT]): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(width, height);
  const scale = (width * 1.15) / crew.width;
  const context = canvas.getContext('2d')!;
  context.filter = filter;
  context.drawImage(crew, -shift, 0, crew.width * scale, crew.height * scale);
  return canvas.transferToImageBitmap();
}
async function film(video: string, frames: number, shiftOf: (i: number) => number): Promise<TrackResult[]> {
  const results: TrackResult[] = [];
  for (let i = 0; i < frames; i++)
    results.push(await client.call('track', { video, picture: await frame(shiftOf(i)), time: (i * 1000) / 15 }));
  return results;
}
const idsOf = ({ faces }: TrackResult): number[] => faces.map(({ id }) => id).sort((a, b) => a - b);

test('a pan over three people keeps their ids, and embeds them now and then, one a frame', async () => {
  const results = await film('pan', 40, (i) => 2 * i);
  expect(idsOf(results[3]!)).toHaveLength(3);
  for (const result of results.slice(3)) expect(idsOf(result)).toEqual(idsOf(results[3]!));
  expect(results.at(-1)!.faces.every(({ match, age }) => match !== null && age > 2000)).toBe(true);
  const embedded = results.filter(({ timings }) => 'embed' in timings).length;
  // Three at the start and three a second later at least; never in each frame.
  expect(embedded).toBeGreaterThanOrEqual(6);
  expect(embedded).toBeLessThan(20);
});

test('an unknown enrolled from the best views of its track is named in the next frame, the others stay unknown', async () => {
  const before = (await film('enrol', 4, () => 0)).at(-1)!;
  const [face] = before.faces;
  expect(before.faces.map(({ match }) => match!.person)).toEqual([null, null, null]);
  const views = await client.call('bestViews', { video: 'enrol', id: face!.id });
  expect(views.length).toBeGreaterThan(0);
  expect(views[0]!.crop!.picture.type).toBe('image/jpeg');
  const [stored] = await client.call('embedStored', { crops: [views[0]!.crop!] });
  expect(stored!.vector).toHaveLength(192);
  await client.call('setGallery', { faces: views.map(({ embedding }) => ({ person: 'Yuri', embedding })) });
  const after = await client.call('track', { video: 'enrol', picture: await frame(0), time: 300 });
  expect(Object.fromEntries(after.faces.map(({ id, match }) => [id, match!.person]))).toEqual(
    Object.fromEntries(before.faces.map(({ id }) => [id, id === face!.id ? 'Yuri' : null])),
  );
  await client.call('setGallery', { faces: [] });
  expect(await client.call('endVideo', { video: 'enrol' })).toEqual({ ended: true });
  expect(await client.call('bestViews', { video: 'enrol', id: face!.id })).toEqual([]);
});

test('views in the dark are kept with what is wrong with them, and give way to good ones when there is light', async () => {
  let time = 0;
  const shot = async (filter: string) =>
    client.call('track', { video: 'gate', picture: await frame(0, filter), time: (time += 250), embeds: 3 });
  let { faces } = await shot('brightness(.3)');
  const [largest] = faces.toSorted((a, b) => b.quality!.size - a.quality!.size);
  expect(largest).toMatchObject({ confirmed: false, goodViews: 0, hint: 'more-light' });
  const { id } = largest!;
  const [dark] = await client.call('bestViews', { video: 'gate', id });
  expect(dark!.hint).toBe('more-light');
  ({ faces } = await shot('contrast(1.5)'));
  expect(faces.find((face) => face.id === id)).toMatchObject({ confirmed: false, goodViews: 1, hint: null });
  ({ faces } = await shot('contrast(1.5)'));
  expect(faces.find((face) => face.id === id)!.confirmed).toBe(true);
  const views = await client.call('bestViews', { video: 'gate', id });
  expect(views.map(({ hint }) => hint)).toEqual([null, 'more-light']);
  expect(views[0]!.quality.brightness).toBeGreaterThan(2 * dark!.quality.brightness);
});

test("between two searches a pan's faces are followed where they should be, as closely as a search finds them", async () => {
  const ious: number[] = [];
  let searches = 0;
  for (let i = 0; i < 12; i++) {
    const request = { video: 'follow', picture: await frame(6 * i), time: i * 33 };
    const { faces, timings } = await client.call('track', request);
    if ('pnet' in timings) searches++;
    const whole = await client.call('detect', { picture: await frame(6 * i), options: { minSize: 0.1 } });
    expect(faces.map(({ misses }) => misses)).toEqual([0, 0, 0]);
    for (const { detection } of faces)
      ious.push(Math.max(...whole.faces.map(({ box }) => boxIou(box, detection!.box))));
  }
  expect(searches).toBe(2);
  expect(Math.min(...ious)).toBeGreaterThan(0.8);
});

test('300 frames leave tensors and memory as they were', async () => {
  let done = 0;
  const soak = async (frames: number): Promise<EngineMemory> => {
    for (const end = done + frames; done < end; done++) {
      const picture = await frame(20 + 20 * Math.sin(done / 10), 'none', [320, 240]);
      const { faces } = await client.call('track', { video: 'soak', picture, time: done * 66 });
      expect(faces).toHaveLength(3);
    }
    return client.call('memory', {});
  };
  const warm = await soak(20);
  expect(await soak(280)).toEqual(warm);
});

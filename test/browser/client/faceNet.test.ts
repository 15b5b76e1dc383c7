import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FaceNet } from '../../../src/client/faceNet';
import type { LiveFace } from '../../../src/client/types';
import type { Progress } from '../../../src/core/call';
import { euclidean } from '../../../src/core/vectors';
import { MOBILE_FACE_NET } from '../../../src/weights/registry';
import { needsModels } from '../workers/models';
import { sampleBlob } from '../pipeline/support';

const CREW = '/samples/expedition-1-crew.jpg';
/** Of the three of the crew, and a small one in the background. */
const CREW_FACES = 4;
/** Browsers fetch nothing from this port. */
const LOST = 'http://127.0.0.1:9/lost.jpg';
const portrait = (name: string) => `/samples/portraits/${name}.jpg`;
const START = { backend: 'wasm', embedder: MOBILE_FACE_NET.id } as const;

let net: FaceNet;
const progress: Progress[] = [];
beforeEach((context) => needsModels(context));
beforeAll(async () => {
  net = await FaceNet.create({ ...START, onProgress: (each) => progress.push(each) });
});
afterAll(() => net.close());

/** A picture of somebody that is another file: in another light. */
async function inLight(name: string, brightness: number): Promise<File> {
  const bitmap = await createImageBitmap(await sampleBlob(`portraits/${name}.jpg`));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.filter = `brightness(${brightness})`;
  context.drawImage(bitmap, 0, 0);
  return new File([await canvas.convertToBlob({ type: 'image/png' })], `${name}-${brightness}.png`);
}

async function image(url: string): Promise<HTMLImageElement> {
  const element = new Image();
  element.src = url;
  await element.decode();
  return element;
}

async function canvasOf(url: string): Promise<HTMLCanvasElement> {
  const element = await image(url);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [element.naturalWidth, element.naturalHeight];
  canvas.getContext('2d')!.drawImage(element, 0, 0);
  return canvas;
}

test('create starts the engine with progress, and state says what runs', () => {
  expect(net.state).toMatchObject({ model: MOBILE_FACE_NET.id, backend: 'wasm', embeddingSize: 192 });
  expect(progress.at(-1)).toMatchObject({ stage: 'Preparing the networks', done: 4, total: 4 });
});

test('one picture, however it is given: address, file, element, canvas and bitmap have the same faces', async () => {
  const canvas = await canvasOf(CREW);
  const inputs = [
    CREW,
    new URL(CREW, location.href),
    { url: new URL(CREW, location.href).href, name: 'the crew' },
    await sampleBlob('expedition-1-crew.jpg'),
    await image(CREW),
    canvas,
    canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height),
    await createImageBitmap(canvas),
  ];
  const boxes: string[] = [];
  for (const input of inputs) {
    const { faces } = await net.detect(input);
    boxes.push(faces.map(({ box }) => [box.x0, box.y0, box.x1, box.y1].map((x) => Math.round(x / 8)).join()).join(' '));
  }
  expect(boxes[0]!.split(' ')).toHaveLength(CREW_FACES);
  expect(new Set(boxes)).toEqual(new Set([boxes[0]]));
});

test('what cannot be had or read is a FaceError with the picture’s name', async () => {
  await expect(net.detect(LOST)).rejects.toMatchObject({
    code: 'image/not-opened',
    message: expect.stringContaining('lost.jpg') as string,
  });
  await expect(net.detect(new File(['no picture'], 'notes.jpg'))).rejects.toMatchObject({
    code: 'image/unreadable',
    details: { name: 'notes.jpg' },
  });
  await expect(net.compare(portrait('edward-lu'), await inLight('edward-lu', 0))).rejects.toMatchObject({
    code: 'harness/no-face',
  });
});

test('people added by their pictures are recognised, also from JSON in another FaceNet, and not once they are removed', async () => {
  const added = await net.people.add('William Shepherd', [portrait('william-shepherd'), LOST]);
  expect(added).toMatchObject({ faces: 1, leftOut: [{ index: 1, error: { code: 'image/not-opened' } }] });
  await net.people.add('Edward Lu', portrait('edward-lu'));
  expect(net.people.list).toEqual([
    { name: 'William Shepherd', faces: 1 },
    { name: 'Edward Lu', faces: 1 },
  ]);
  const names = async (from: FaceNet) => (await from.recognise(CREW)).faces.map(({ match }) => match.person);
  const seen = await names(net);
  expect(seen.filter((name) => name !== null)).toEqual(['William Shepherd']);

  const json: unknown = JSON.parse(JSON.stringify(net.people));
  await using other = await FaceNet.create(START);
  await other.people.fromJSON(json);
  expect(other.people.list).toEqual(net.people.list);
  expect(await names(other)).toEqual(seen);
  await expect(other.people.fromJSON({ version: 1, people: [{ name: 'Ada' }] })).rejects.toMatchObject({
    code: 'people/bad-json',
    message: 'These people cannot be read: people.0.faces: it is missing.',
  });
  expect(other.people.list).toHaveLength(2);

  expect(await net.people.remove('  william shepherd ')).toBe(true);
  expect(await net.people.remove('William Shepherd')).toBe(false);
  expect(await names(net)).toEqual(seen.map(() => null));
});

test('two pictures of one person compare as one, two people as two; embed gives a row a picture', async () => {
  const again = await inLight('susan-helms', 1.2);
  const same = await net.compare(portrait('susan-helms'), again);
  const other = await net.compare(portrait('susan-helms'), portrait('edward-lu'));
  expect([same.same, other.same]).toEqual([true, false]);
  expect(same.certainty).toBeGreaterThan(other.certainty);
  expect(same.distance).toBeLessThan(other.distance);

  const black = await inLight('edward-lu', 0);
  const rows = await net.embed([portrait('susan-helms'), black, LOST, again], { flip: true });
  expect(rows.map(({ vector }) => vector?.length ?? null)).toEqual([192, null, null, 192]);
  expect(rows.map(({ flipped }) => flipped?.length ?? null)).toEqual([192, null, null, 192]);
  expect(rows[2]!.problem).toMatchObject({ code: 'image/not-opened' });
});

test('faces are grouped by person, two of one photo never together', async () => {
  const alone = (await net.recognise(portrait('william-shepherd'), { faces: 'best' })).faces[0]!;
  const { faces: crew } = await net.recognise(CREW);
  const distance = (face: typeof alone) => euclidean(face.embedding.vector, alone.embedding.vector);
  const [again, other] = crew.toSorted((a, b) => distance(a) - distance(b));
  const faces = [alone, again!, other!];
  expect([...(await net.group(faces))]).toEqual([0, 0, 1]);
  expect([...(await net.group(faces, { photos: [1, 1, 2] }))]).toEqual([0, 1, 2]);
});

test('a canvas that is drawn on is followed: ids stay, and after stop nobody is heard', async () => {
  const canvas = await canvasOf(CREW);
  const heard: (readonly LiveFace[])[] = [];
  const tracking = net.track(canvas, { onFaces: ({ faces }) => heard.push(faces) });
  await vi.waitFor(() => expect(heard.some((faces) => faces.some(({ match }) => match !== null))).toBe(true), 30_000);
  const named = heard.at(-1)!.find(({ match }) => match !== null)!;
  const views = await tracking.bestViews(named.id);
  expect(views[0]!.embedding.vector).toHaveLength(192);
  const [first] = heard.filter((faces) => faces.length === 3);
  expect(heard.at(-1)!.map(({ id }) => id)).toEqual(first!.map(({ id }) => id));
  tracking.stop();
  const count = heard.length;
  await net.detect(CREW);
  expect(heard).toHaveLength(count);
});

test('an aborted call rejects with its code, and the next one is answered', async () => {
  const abort = new AbortController();
  const adding = net.people.add('Nobody', [CREW, CREW, CREW], { signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await expect(adding).rejects.toMatchObject({ code: 'aborted' });
  expect(net.people.list.map(({ name }) => name)).not.toContain('Nobody');
  await expect(net.embed([CREW], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  expect((await net.detect(CREW)).faces).toHaveLength(CREW_FACES);
});

test('accuracy is measured on a handful of pairs', async () => {
  const names = ['edward-lu', 'susan-helms', 'james-voss', 'scott-altman'];
  const pictures: Record<string, Blob> = {};
  for (const name of names) {
    pictures[`${name}/1.jpg`] = await sampleBlob(`portraits/${name}.jpg`);
    pictures[`${name}/2.png`] = await inLight(name, 1.2);
  }
  const pairs = names.flatMap((name, i) => [
    { a: `${name}/1.jpg`, b: `${name}/2.png`, same: true },
    { a: `${name}/1.jpg`, b: `${names[(i + 1) % 4]!}/2.png`, same: false },
  ]);
  const stages = new Set<string>();
  const { report } = await net.evaluate(pairs, pictures, { onProgress: ({ stage }) => stages.add(stage) });
  expect(report).toMatchObject({ pairs: 8, pictures: 8, noFace: 0, accuracy: { mean: 1 } });
  expect(report.options.folds).toBe(4);
  expect(stages).toContain('Embedding the faces');
});

describe('training', () => {
  test('a model trained on people is evaluated, kept, and used; people are embedded again by it', async () => {
    const people: Record<string, (string | File)[]> = {};
    for (const name of ['edward-lu', 'susan-helms', 'james-voss'])
      people[name] = [portrait(name), await inLight(name, 0.8), await inLight(name, 1.2), LOST];
    const steps: number[] = [];
    const { model, report, leftOut } = await net.train(people, {
      ...{ base: { kind: 'scratch', width: 0.05 }, epochs: 1, batch: 6, far: 0.5, backend: 'wasm' },
      onStep: ({ step }) => steps.push(step),
    });
    expect(leftOut.map(({ person, index }) => [person, index])).toEqual(Object.keys(people).map((name) => [name, 3]));
    expect(steps[0]).toBe(1);
    expect(report.after).toMatchObject({ far: 0.5 });
    expect(model).toMatchObject({ title: 'Trained on edward-lu, susan-helms, james-voss', trained: { width: 0.05 } });

    await using other = await FaceNet.create(START);
    await other.people.add('Edward Lu', portrait('edward-lu'));
    await other.start({ ...START, embedder: model.id });
    expect(other.state).toMatchObject({ model: model.id, embeddingSize: 128 });
    const [face] = (await other.recognise(portrait('edward-lu'), { faces: 'best' })).faces;
    expect(face!.match).toMatchObject({ person: 'Edward Lu', distance: expect.closeTo(0, 1) as number });
    await net.call('removeModel', { id: model.id });
  });
});

test('closed, it rejects what is asked with aborted', async () => {
  const closed = new FaceNet();
  expect(() => closed.state).toThrow('No model is loaded yet');
  const call = closed.detect(CREW);
  closed.close();
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
  await expect(closed.detect(CREW)).rejects.toMatchObject({ code: 'aborted' });
});

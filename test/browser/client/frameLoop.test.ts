import { afterEach, expect, test } from 'vitest';
import { FrameLoop } from '../../../src/client/frameLoop';
import { frameOf } from '../../../src/client/pictures';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A playing video of one colour, as a camera gives it. `frozen` stops its drawing. */
async function camera(colour: string, frozen = (): boolean => false): Promise<HTMLVideoElement> {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d')!;
  const draw = (): void => {
    if (frozen()) return;
    pen.fillStyle = colour;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  };
  draw();
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = canvas.captureStream();
  document.body.append(video);
  const timer = setInterval(draw, 10);
  stops.push(() => {
    clearInterval(timer);
    video.remove();
  });
  await video.play();
  return video;
}

test('never more than one frame is in work; those that come meanwhile are dropped; after leaving none comes', async () => {
  const video = await camera('red');
  let busy = 0;
  let most = 0;
  let frames = 0;
  let shown = 0;
  const count = (): void => {
    shown++;
    video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
  const loop = new FrameLoop(async () => {
    most = Math.max(most, ++busy);
    frames++;
    const until = shown + 3;
    await expect.poll(() => shown, { interval: 5 }).toBeGreaterThanOrEqual(until);
    busy--;
  });
  loop.follow(video);
  await expect.poll(() => frames, { interval: 5, timeout: 10_000 }).toBeGreaterThanOrEqual(3);
  loop.leave();
  expect(most).toBe(1);
  expect(frames).toBeLessThanOrEqual(shown / 2);
  await expect.poll(() => busy).toBe(0);
  const [before, then] = [frames, shown + 5];
  await expect.poll(() => shown, { interval: 5 }).toBeGreaterThanOrEqual(then);
  expect(frames).toBe(before);
});

test("after a change of camera, only the new one's frames come", async () => {
  const [red, blue] = [await camera('red'), await camera('blue')];
  const seen: HTMLVideoElement[] = [];
  const loop = new FrameLoop(async (video) => {
    seen.push(video);
    const frame = await frameOf(video);
    frame.close();
  });
  loop.follow(red);
  await expect.poll(() => seen.length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(1);
  loop.follow(blue);
  const change = seen.length;
  await expect.poll(() => seen.length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(change + 2);
  loop.leave();
  expect(new Set(seen.slice(0, change))).toEqual(new Set([red]));
  expect(new Set(seen.slice(change))).toEqual(new Set([blue]));
});

test('a frozen picture is reported after two seconds, and cleared at its next frame', async () => {
  let frozen = false;
  const video = await camera('green', () => frozen);
  const said: boolean[] = [];
  let frames = 0;
  const loop = new FrameLoop(
    () => {
      frames++;
      return Promise.resolve();
    },
    (still) => said.push(still),
  );
  loop.follow(video);
  await expect.poll(() => frames, { interval: 5, timeout: 10_000 }).toBeGreaterThan(2);
  frozen = true;
  const start = performance.now();
  await expect.poll(() => said, { interval: 20, timeout: 10_000 }).toEqual([true]);
  expect(performance.now() - start).toBeGreaterThan(1500);
  const before = frames;
  frozen = false;
  await expect.poll(() => said, { interval: 5, timeout: 10_000 }).toEqual([true, false]);
  await expect.poll(() => frames, { interval: 5, timeout: 10_000 }).toBeGreaterThan(before);
  loop.leave();
  expect(said).toEqual([true, false]);
});

test('a muted camera stands still at once, whatever frames come, until it is no longer muted', async () => {
  const video = await camera('green');
  const [track] = (video.srcObject as MediaStream).getVideoTracks();
  let muted = false;
  Object.defineProperty(track, 'muted', { get: () => muted });
  const said: boolean[] = [];
  let frames = 0;
  let shown = 0;
  const count = (): void => {
    shown++;
    video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
  const loop = new FrameLoop(
    () => {
      frames++;
      return Promise.resolve();
    },
    (still) => said.push(still),
  );
  loop.follow(video);
  await expect.poll(() => frames, { interval: 5, timeout: 10_000 }).toBeGreaterThan(2);
  muted = true;
  track!.dispatchEvent(new Event('mute'));
  expect(said).toEqual([true]);
  const [before, until] = [frames, shown + 5];
  await expect.poll(() => shown, { interval: 5, timeout: 10_000 }).toBeGreaterThanOrEqual(until);
  expect([frames, said]).toEqual([before, [true]]);
  muted = false;
  track!.dispatchEvent(new Event('unmute'));
  await expect.poll(() => frames, { interval: 5, timeout: 10_000 }).toBeGreaterThan(before);
  expect(said).toEqual([true, false]);
  loop.leave();
});

test('in the background nobody counts as seen; work resumes with the first frame after coming back', async () => {
  const video = await camera('green');
  const said: boolean[] = [];
  let frames = 0;
  const loop = new FrameLoop(
    () => {
      frames++;
      return Promise.resolve();
    },
    (still) => said.push(still),
  );
  loop.follow(video);
  await expect.poll(() => frames, { interval: 5, timeout: 10_000 }).toBeGreaterThan(2);
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
  expect(said).toEqual([true]);
  Reflect.deleteProperty(document, 'visibilityState');
  document.dispatchEvent(new Event('visibilitychange'));
  await expect.poll(() => said, { interval: 5, timeout: 10_000 }).toEqual([true, false]);
  loop.leave();
});

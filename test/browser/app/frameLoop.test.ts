import { afterEach, expect, test } from 'vitest';
import { FrameLoop, frameOf } from '../../../src/app/state/frameLoop';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A playing video of one colour, as a camera gives it. */
async function camera(colour: string): Promise<HTMLVideoElement> {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d')!;
  const draw = (): void => {
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

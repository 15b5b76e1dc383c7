import { expect, test } from 'vitest';
import { knowDuration, seek } from '../../../../src/app/recognise/filmFrames';

/** A film of two seconds as a browser records it, its frames all different, and some further apart than others. */
async function film(): Promise<HTMLVideoElement> {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const pen = canvas.getContext('2d')!;
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm' });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  for (let i = 0; i < 40; i++) {
    pen.fillStyle = `hsl(${i * 9} 50% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    await new Promise((resolve) => setTimeout(resolve, i % 10 === 0 ? 200 : 33));
  }
  recorder.stop();
  await stopped;
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  const loaded = new Promise((resolve) => (video.onloadedmetadata = resolve));
  video.src = URL.createObjectURL(new Blob(parts));
  await loaded;
  await knowDuration(video);
  return video;
}

/** When the frame shown began, microseconds. */
function shown(video: HTMLVideoElement): number {
  const frame = new VideoFrame(video);
  const { timestamp } = frame;
  frame.close();
  return timestamp;
}

test('a seek ends when its frame is shown, not while that of the seek before still is', async () => {
  const video = await film();
  const { signal } = new AbortController();
  const late: string[] = [];
  for (let round = 0; round < 10; round++) {
    for (let time = 0; time < video.duration - 0.05; time += 0.125) {
      await seek(video, time, signal);
      const at = shown(video);
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
      if (shown(video) !== at) late.push(`${time}: ${at} → ${shown(video)}`);
    }
  }
  URL.revokeObjectURL(video.src);
  expect(late).toEqual([]);
});

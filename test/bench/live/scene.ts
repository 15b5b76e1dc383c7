import { benchPicture } from '../page/pictures';

/** Pixels that the picture moves to each side. */
const SWING = 12;
const FPS = 30;

/** A video of a bench picture that swings slowly, as before a hand-held camera: 640×480 at 30 frames a second. */
export interface Scene {
  readonly video: HTMLVideoElement;
  readonly faces: number;
  stop(): void;
}

export async function playScene(which: 'one' | 'six'): Promise<Scene> {
  const { pixels, faces } = await benchPicture(which);
  const picture = await createImageBitmap(new ImageData(new Uint8ClampedArray(pixels.data), pixels.width));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [pixels.width, pixels.height];
  const pen = canvas.getContext('2d', { alpha: false })!;
  let drawn = 0;
  const draw = (): void => {
    const shift = SWING * Math.sin(drawn++ / 10);
    pen.drawImage(picture, shift, shift / 2);
  };
  draw();
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = canvas.captureStream(FPS);
  const timer = setInterval(draw, 1000 / FPS);
  document.body.append(video);
  await video.play();
  return {
    video,
    faces: faces.length,
    stop() {
      clearInterval(timer);
      video.remove();
      picture.close();
    },
  };
}

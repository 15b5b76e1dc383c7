import type * as FaceApi from '@vladmandic/face-api';

/** The peer for a whole picture: `@vladmandic/face-api` on its WASM backend, with its own models and its own pipeline. */
export interface FaceApiPeer {
  /** A picture file to a descriptor a face; resolves to the number of faces. */
  run(jpeg: Blob, detector: 'ssd' | 'tiny'): Promise<number>;
  /** The same for the frame that a video shows. */
  follow(video: HTMLVideoElement, detector: 'ssd' | 'tiny'): Promise<number>;
}

export async function loadFaceApi(): Promise<FaceApiPeer> {
  const address = '/@peers/faceapi/face-api.esm.js';
  const faceapi = (await import(/* @vite-ignore */ address)) as typeof FaceApi;
  const tf = faceapi.tf as unknown as {
    setWasmPaths(path: string): void;
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
  };
  tf.setWasmPaths('/@peers/tfjs-wasm/');
  if (!(await tf.setBackend('wasm'))) throw new Error("face-api's WASM backend does not start");
  await tf.ready();
  const { nets } = faceapi;
  for (const net of [nets.ssdMobilenetv1, nets.tinyFaceDetector, nets.faceLandmark68Net, nets.faceRecognitionNet])
    await net.loadFromUri('/@peers/faceapi-models');
  const options = {
    ssd: new faceapi.SsdMobilenetv1Options(),
    tiny: new faceapi.TinyFaceDetectorOptions(),
  };
  const count = async (input: HTMLImageElement | HTMLVideoElement, detector: 'ssd' | 'tiny') =>
    (await faceapi.detectAllFaces(input, options[detector]).withFaceLandmarks().withFaceDescriptors()).length;
  return {
    run: async (jpeg, detector) => count(await faceapi.bufferToImage(jpeg), detector),
    follow: count,
  };
}

/** The command line's page, the client called from Node: pictures come as addresses, large files go to one. */
import { FaceNet } from '../../client/faceNet';
import type { PrepareRequest, SaveRequest } from '../../client/trainer';
import type {
  AlignRequest,
  DetectOptions,
  EmbedFacesOptions,
  ExportRequest,
  LoggedStep,
  PictureRef,
  PictureSet,
  Progress,
  RecogniseOptions,
  StartOptions,
  TrainStart,
} from '../../client/types';
import { errorData, toFaceError, type ErrorData } from '../../core/errors';
import type { GalleryFace } from '../../core/types';
import { DiskSink } from './checkpointFile';
import { drawFaces, type DrawnFace } from './draw';
import { load, put } from './files';
import { rawPixels } from './rawPixels';
import { measureSpeed, type SpeedRequest } from './speed';

const net = new FaceNet();
/** The first does everything; further ones share the embedding of many pictures. */
const nets = [net];
const trainer = net.trainer();
const progress = { onProgress: (step: Progress) => void facenetProgress(step) };

async function writeModel(request: ExportRequest, out: string): Promise<{ readonly bytes: number }> {
  const { bytes, name } = await net.call('exportModel', request);
  await put(out, bytes, name);
  return { bytes: bytes.length };
}

/** What Node may call. */
const calls = {
  start: (options: StartOptions, worker: number) => (nets[worker] ??= new FaceNet()).call('start', options, progress),
  detect: (picture: PictureRef, options: DetectOptions) => net.detect(picture, options),
  recognise: (picture: PictureRef, options: RecogniseOptions) => net.recognise(picture, options),
  embed: (pictures: readonly PictureRef[], options: EmbedFacesOptions, worker: number) =>
    nets[worker]!.embed(pictures, options),
  embedAligned: async (picture: PictureRef) => (await net.call('embedAligned', { pictures: [picture] }))[0]!,
  cohortMeans: (vectors: readonly Float32Array[]) => net.call('cohortMeans', { vectors }),
  async align(request: AlignRequest) {
    const { faces, ...size } = await net.call('align', request);
    const files = faces.map(async ({ detection, file }) => ({
      detection,
      file: new Uint8Array(await file.arrayBuffer()),
    }));
    return { ...size, faces: await Promise.all(files) };
  },
  setGallery: (faces: readonly GalleryFace[]) => net.call('setGallery', { faces }),
  exportModel: writeModel,
  trainStart: (options: TrainStart) => trainer.start(options, progress),
  trainAdd: (set: PictureSet, pictures: readonly PictureRef[], labels: readonly number[]) =>
    trainer.add(set, pictures, labels),
  trainCheck: (pictures: readonly PictureRef[]) => trainer.check(pictures),
  trainPrepare: (request: PrepareRequest) => trainer.prepare(request, progress),
  /** From the checkpoint at an address, if there is one; new ones go to the address `out`. */
  train: (checkpoint: string | null, out: string, untilEpoch: number | undefined) =>
    trainer.train({
      sink: new DiskSink(checkpoint, out),
      untilEpoch,
      onStep: (step) => void facenetTrainStep(step),
      ...progress,
    }),
  trainPause: () => trainer.pause(),
  trainEvaluate: (far: number) => trainer.evaluate(far, progress),
  trainEmbed: (which: 'before' | 'after', pictures: readonly PictureRef[]) =>
    trainer.embed({ which, pictures }, progress),
  /** Keeps what was trained and writes it to the address `out`, in float32. */
  async trainSave(request: SaveRequest, out: string) {
    const { id } = await trainer.save(request, progress);
    return { id, ...(await writeModel({ id, form: 'float32' }, out)) };
  },
  rawPixels: async (pictures: readonly PictureRef[]) =>
    Promise.all(pictures.map(async (picture) => rawPixels(await load(picture)))),
  speed: (request: SpeedRequest) => measureSpeed(request),
  /** Writes a copy with boxes and labels, as `type`, to the address `out`. */
  draw: async (picture: PictureRef, faces: readonly DrawnFace[], type: 'image/jpeg' | 'image/png', out: string) =>
    put(out, await drawFaces(await load(picture), faces, type), picture.name),
};

export type HarnessCalls = typeof calls;
export type HarnessCall = keyof HarnessCalls;

/** Errors cross as data: an exception that crosses `page.evaluate` loses its code. */
export type Answer<T> = { readonly value: T } | ErrorData;

declare global {
  /** Set by the page. */
  var facenetCall: <K extends HarnessCall>(
    name: K,
    args: Parameters<HarnessCalls[K]>,
  ) => Promise<Answer<Awaited<ReturnType<HarnessCalls[K]>>>>;
  /** Set by Node before the page loads. */
  var facenetProgress: (progress: Progress) => Promise<void>;
  /** Set by Node before the page loads. */
  var facenetTrainStep: (step: LoggedStep) => Promise<void>;
}

globalThis.facenetCall = async (name, args) => {
  try {
    const call = calls[name] as (...given: typeof args) => ReturnType<HarnessCalls[typeof name]>;
    return { value: await call(...args) };
  } catch (thrown) {
    return errorData(toFaceError(thrown));
  }
};

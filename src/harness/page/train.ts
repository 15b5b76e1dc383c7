import type { FaceClient } from '../../client/faceClient';
import { selfTestPicture } from '../../client/selfTestPicture';
import { createTrainClient } from '../../client/trainClient';
import type { Progress, TrainBase } from '../../client/types';
import type { CheckpointSink } from '../../core/types';
import { FaceError, toFaceError } from '../../core/errors';
import { readInfo } from '../../weights/trained';
import type { HarnessBase, HarnessOps, PictureRef } from '../bridge';
import { packCheckpoint, unpackCheckpoint } from './checkpointFile';
import { load, put } from './files';

type TrainHandlers = {
  readonly [K in Extract<keyof HarnessOps, `train${string}`>]: (
    req: HarnessOps[K]['req'],
  ) => Promise<HarnessOps[K]['res']>;
};

async function bytesAt(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new FaceError('internal', { reason: `${url} answered ${response.status}` });
  return new Uint8Array(await response.arrayBuffer());
}

function filesOf(pictures: readonly PictureRef[]): Promise<File[]> {
  return Promise.all(pictures.map(async (each) => new File([await load(each)], each.name)));
}

/** Checkpoints on the command line's disk: the latest at one address, new ones to another, each whole. */
function diskSink(latest: string | null, out: string): CheckpointSink {
  return {
    async latest() {
      return latest === null ? null : unpackCheckpoint(await bytesAt(latest));
    },
    async save(checkpoint) {
      try {
        await put(out, packCheckpoint(checkpoint), 'checkpoint');
      } catch (thrown) {
        const { code, details } = toFaceError(thrown);
        if (code !== 'harness/not-written') throw thrown;
        throw new FaceError('train/not-saved', { what: 'checkpoint', reason: details['reason'] ?? '' });
      }
    },
  };
}

/** What a run begins with, for the worker, and the width of its network. */
async function openBase(base: HarnessBase): Promise<{ base: TrainBase; width: number }> {
  if (base.kind === 'model') return { base, width: 1 };
  if (base.kind === 'scratch') return { base, width: base.width };
  const bytes = await bytesAt(base.file.url);
  const { width, inputSize, people } = readInfo(bytes, base.file.name);
  return { base: { kind: 'weights', bytes, size: inputSize, ...(people.length > 0 && { people }) }, width };
}

/** The id of the model that a run begins with; a file is kept by `faces` first, which must know what it says of itself. */
async function idOf(base: HarnessBase, faces: FaceClient): Promise<string | null> {
  if (base.kind === 'scratch') return null;
  if (base.kind === 'model') return base.id;
  const file = new Blob([await bytesAt(base.file.url)]);
  return (await faces.call('importModel', { file, name: base.file.name })).id;
}

/** What Node asks of a training run. `faces` keeps what was learnt, to write it in its final form. */
export function trainHandlers(faces: FaceClient): TrainHandlers {
  const client = createTrainClient();
  const onProgress = (progress: Progress) => void facenetProgress(progress);
  let averaged = false;
  return {
    trainStart: (req) => client.call('start', req, { onProgress }),
    async trainAdd({ set, pictures, labels }) {
      const files = await filesOf(pictures);
      const { unreadable } = await client.call('checkPictures', { pictures: files });
      const wrong = new Set(unreadable.map(({ index }) => index));
      const readable = <T>(list: readonly T[]) => list.filter((_, i) => !wrong.has(i));
      await client.call('addPictures', { set, labels: readable(labels), pictures: readable(files) });
      return { unreadable: [...unreadable] };
    },
    async trainCheck({ pictures }) {
      const { unreadable } = await client.call('checkPictures', { pictures: await filesOf(pictures) });
      return { unreadable: [...unreadable] };
    },
    async trainPrepare({ base, ...rest }) {
      const plan = await client.call('prepare', { ...rest, base: (await openBase(base)).base }, { onProgress });
      averaged = plan.config.averageDecay > 0;
      return plan;
    },
    trainRun: ({ checkpoint, out, untilEpoch }) =>
      client.train({
        sink: diskSink(checkpoint, out),
        ...(untilEpoch !== null && { untilEpoch }),
        onStep: (step) => void facenetTrainStep(step),
        onStage: onProgress,
      }),
    async trainPause() {
      await client.pause();
      return null;
    },
    trainEvaluate: (req) => client.call('evaluate', req, { onProgress }),
    async trainEmbed({ which, pictures }) {
      const loaded = await Promise.all(pictures.map(load));
      const { columns, data } = await client.call('embed', { which, pictures: loaded }, { onProgress });
      return { columns, vectors: new Uint8Array(data.buffer) };
    },
    async trainSave({ base, title, createdAt, measured, people, out }) {
      const { width } = await openBase(base);
      const { bytes, cohort, embeddingSize, inputSize } = await client.call('weights', { averaged });
      const drawn = await client.call('embed', { which: 'after', pictures: [selfTestPicture(inputSize)] });
      const selfTest = [...drawn.data].map((value) => Number(value.toFixed(6)));
      const facts = {
        title,
        createdAt,
        base: await idOf(base, faces),
        run: null,
        width,
        embeddingSize,
        inputSize,
        crop: 'facenet',
      } as const;
      const { id } = await faces.call('saveTrained', {
        bytes,
        details: { ...facts, measured, cohort, selfTest, people },
        report: null,
      });
      const saved = await faces.call('exportModel', { id, form: 'float32' });
      await put(out, saved.bytes, 'The model');
      return { id, bytes: saved.bytes.length };
    },
  };
}

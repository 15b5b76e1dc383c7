import { FaceError } from '../src/core/errors';
import { inferShapes, weightShapes } from '../src/nn/shapes';
import { toFloat32 } from '../src/nn/weightValues';
import { openTrainStore } from '../src/store/trainStore';
import { checkData } from '../src/train/checkData';
import { nameByHead } from '../src/train/head';
import { planRun } from '../src/train/plan';
import { modelReport, type LabelledRows } from '../src/train/report';
import { stepsPerEpoch } from '../src/train/sampler';
import { isCacheable } from '../src/train/samples';
import { headShapes } from '../src/train/state';
import type { Handlers, ServeOptions } from './rpc';
import { openBase } from './trainBase';
import { pictureHashes, TrainData } from './trainData';
import { normalisedRows, prelogitsOf, prepareRest, type Rest } from './trainEmbed';
import { openTrainEngines, type TrainEngines } from './trainEngines';
import type { Progress } from './protocol';
import type { PictureSet, TrainOps, TrainPicture, TrainPlan } from './trainProtocol';
import { TrainRun } from './trainRun';
import { CallerSink } from './trainSink';
import { TRAIN_TRANSFERS } from './trainTransfers';

/** Talk about a running `train` goes beside it. */
export const TRAIN_SERVE_OPTIONS: ServeOptions<TrainOps> = {
  transfers: TRAIN_TRANSFERS,
  lanes: { pause: 'control', takeCheckpoint: 'control', checkpointSaved: 'control', memory: 'control' },
};

const MODELS_URL = new URL('../models/', self.location.href).href;

type Which = 'before' | 'after';

/** What answers every operation of the protocol. */
export function createTrainHandlers(): Handlers<TrainOps> {
  let engines: TrainEngines | null = null;
  let modelsUrl = MODELS_URL;
  let data = new TrainData();
  let run: TrainRun | null = null;
  let people: readonly string[] = [];
  let sink: CallerSink | null = null;
  let before = new Map<PictureSet, Float32Array>();

  function forget(): void {
    run?.dispose();
    run = null;
    before = new Map();
  }
  function started(): TrainEngines {
    if (!engines) throw new FaceError('backend/not-started');
    return engines;
  }
  function prepared(): TrainRun {
    if (!run) throw new FaceError('train/not-prepared');
    return run;
  }

  /** The prelogits of sets by the network before, after, or both, the frozen part run once. */
  async function prelogits(
    sets: readonly PictureSet[],
    which: readonly Which[],
    context: { readonly signal: AbortSignal; readonly progress: (progress: Progress) => void },
  ): Promise<Map<PictureSet, Record<Which, Float32Array>>> {
    const current = prepared();
    const { plan, trunk, batch } = current;
    const inference = await started().inference();
    const averaged = plan.config.averageDecay > 0;
    const rests = new Map<Which, Rest>();
    const total = sets.reduce((sum, set) => sum + data.pictures(set).length, 0);
    let done = 0;
    const results = new Map<PictureSet, Record<Which, Float32Array>>();
    try {
      for (const each of which) {
        if (each === 'before' && sets.every((set) => before.has(set))) continue;
        const weights = each === 'before' ? current.firstWeights() : await current.learnt(averaged);
        rests.set(each, await prepareRest(inference, plan.model.graph, onlyNeeded(plan.model.graph, weights), batch));
      }
      for (const set of sets) {
        const wanted = [...rests.keys()].filter((each) => each === 'after' || !before.has(set));
        const pictures = data.pictures(set);
        const made = await prelogitsOf(pictures, {
          trunk,
          rests: wanted.map((each) => rests.get(each)!),
          size: plan.inputSize,
          batch,
          signal: context.signal,
          onDone: (now) => context.progress({ stage: 'Judging', done: done + now, total, unit: 'pictures' }),
        });
        done += pictures.length;
        const at = wanted.indexOf('before');
        if (at >= 0) before.set(set, made[at]!);
        const after = wanted.includes('after') ? made[wanted.indexOf('after')]! : new Float32Array(0);
        results.set(set, { before: before.get(set) ?? new Float32Array(0), after });
      }
      return results;
    } finally {
      for (const rest of rests.values()) rest?.dispose();
    }
  }

  function rowsOf(set: PictureSet, values: Float32Array): LabelledRows {
    const columns = prepared().plan.config.embeddingSize;
    const labels = data.labels(set);
    return { rows: labels.length, columns, data: normalisedRows(values, columns), labels };
  }

  return {
    async start(options) {
      forget();
      data = new TrainData();
      await engines?.dispose();
      engines = null;
      modelsUrl = options.modelsUrl === undefined ? MODELS_URL : new URL(options.modelsUrl, self.location.href).href;
      engines = await openTrainEngines(options);
      return engines.state;
    },
    addPictures({ set, pictures, labels }) {
      if (pictures.length !== labels.length)
        throw new FaceError('config/bad-value', {
          key: 'labels',
          value: String(labels.length),
          reason: `there are ${pictures.length} pictures`,
        });
      before.delete(set);
      return { pictures: data.add(set, pictures, labels) };
    },
    clearPictures({ set }) {
      before.delete(set);
      data.clear(set);
      return null;
    },
    async prepare(request, { signal, progress }) {
      const running = started();
      forget();
      const opened = await openBase(request.base, request.config, { modelsUrl, signal, progress });
      const plan = planRun(opened.base, opened.config, request.trainable, request.people);
      const labels = data.labels('train');
      const hashes = await pictureHashes(data.pictures('train'));
      const notes = checkData(labels, hashes, request.people, {
        loss: opened.config.loss,
        headOnly: plan.headOnly,
      });
      const outside = labels.find((label) => label < 0 || label >= request.people.length);
      if (outside !== undefined)
        throw new FaceError('config/bad-value', {
          key: 'labels',
          value: String(outside),
          reason: `there are ${request.people.length} people`,
        });
      progress({ stage: 'Preparing the network', done: 0, total: 0, unit: 'steps' });
      run = await TrainRun.open(running, data, plan);
      people = request.people;
      return summary(run, opened.base.cuts, notes);
    },
    async train({ sink: choice, checkpoint, untilEpoch }, { signal, progress }) {
      const current = prepared();
      if (choice.kind === 'store') {
        const store = await openTrainStore();
        try {
          return await current.train({ sink: store.sink(choice.runId), untilEpoch, signal, progress });
        } finally {
          store.close();
        }
      }
      const keep = started().state.backend === 'webgpu';
      const tell = (ready: { number: number; step: number }) => progress({ kind: 'checkpoint', ...ready });
      sink = new CallerSink(checkpoint ?? null, keep, tell, signal);
      try {
        return await current.train({ sink, untilEpoch, signal, progress });
      } finally {
        sink = null;
      }
    },
    pause() {
      run?.pause();
      return null;
    },
    takeCheckpoint({ number }) {
      if (!sink) throw new FaceError('worker/bad-request', { op: `takeCheckpoint ${number}` });
      return sink.take(number);
    },
    checkpointSaved({ number, error }) {
      sink?.saved(number, error);
      return null;
    },
    async evaluate({ far }, context) {
      const { plan } = prepared();
      const sets = await prelogits(['train', 'held', 'outsiders'], ['before', 'after'], context);
      const learnt = await prepared().learnt(plan.config.averageDecay > 0);
      const report = (which: Which) => {
        const [gallery, held, outsiders] = (['train', 'held', 'outsiders'] as const).map((set) =>
          rowsOf(set, sets.get(set)![which]),
        ) as [LabelledRows, LabelledRows, LabelledRows];
        const byHead = plan.headOnly && which === 'after';
        const values = new Map([...learnt].map(([name, tensor]) => [name, toFloat32(tensor)]));
        const options = { classes: people.length, normalised: plan.config.loss === 'arcface' };
        const named = byHead ? nameByHead(sets.get('held')!.after, values, options) : undefined;
        return modelReport({ gallery, held, outsiders, far, ...(named && { named }) });
      };
      return { before: report('before'), after: report('after') };
    },
    async embed({ which, pictures, mirror }, { signal, progress }) {
      const current = prepared();
      const { plan, trunk, batch } = current;
      const weights = which === 'before' ? current.firstWeights() : await current.learnt(plan.config.averageDecay > 0);
      const graph = plan.model.graph;
      const rest = await prepareRest(await started().inference(), graph, onlyNeeded(graph, weights), batch);
      const list: readonly TrainPicture[] = typeof pictures === 'string' ? data.pictures(pictures) : pictures;
      try {
        const [values] = await prelogitsOf(list, {
          trunk,
          rests: [rest],
          size: plan.inputSize,
          batch,
          mirror: mirror ?? false,
          signal,
          onDone: (done) => progress({ stage: 'Embedding', done, total: list.length, unit: 'pictures' }),
        });
        const columns = plan.config.embeddingSize;
        return { rows: list.length, columns, data: normalisedRows(values!, columns) };
      } finally {
        rest?.dispose();
      }
    },
    async weights({ averaged }) {
      const current = prepared();
      const { graph, folded, inputSize, config } = current.plan;
      const bytes = await current.weights(averaged);
      return { bytes, folded, people, embeddingSize: config.embeddingSize, inputSize, graph };
    },
    memory() {
      const { tensors, wasmBytes, gpuBuffers } = started().tfjs.memory();
      return { tensors, wasmBytes, gpuBuffers };
    },
    dispose() {
      forget();
      data = new TrainData();
      return null;
    },
  };
}

function onlyNeeded<T>(graph: Parameters<typeof weightShapes>[0], weights: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...weightShapes(graph).keys()].map((name) => [name, weights.get(name)!]));
}

function summary(run: TrainRun, cuts: readonly string[], notes: readonly string[]): TrainPlan {
  const { plan, trunk } = run;
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const network = weightShapes(plan.graph);
  const shapes = new Map([...network, ...headShapes(plan.model, plan.config)]);
  return {
    config: plan.config,
    trainableParameters: plan.model.trainable.reduce((sum, name) => sum + count(shapes.get(name)!), 0),
    parameters: [...network.values()].reduce((sum, shape) => sum + count(shape), 0),
    frozenUntil: plan.trunk?.outputs[0] ?? null,
    cached: trunk !== null && isCacheable(plan.config.augment),
    stepsPerEpoch: stepsPerEpoch(run.labels, plan.config),
    inputSize: plan.inputSize,
    embeddingSize: inferShapes(plan.graph).get(plan.graph.outputs[0]!)!.at(-1)!,
    folded: plan.folded,
    cuts,
    notes,
  };
}

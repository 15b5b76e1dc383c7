import { FaceError } from '../../core/errors';
import { inferShapes, weightShapes } from '../../nn/shapes';
import { openTrainStore } from '../../store/trainStore';
import { COHORT_CENTRES } from '../../weights/cohorts';
import { checkData } from '../../train/checkData';
import { planRun } from '../../train/plan';
import { stepsPerEpoch } from '../../train/sampler';
import { isCacheable } from '../../train/samples';
import { headShapes } from '../../train/state';
import { checkStepMemory } from '../../train/stepMemory';
import type { Handlers, ServeOptions } from '../../../workers/rpc';
import { openBase, type BaseCohort } from './trainBase';
import { pictureHashes, TrainData, unreadablePictures } from './trainData';
import { openTrainEngines, type TrainEngines } from './trainEngines';
import { Judge } from './trainJudge';
import type { TrainOps, TrainPlan } from '../../../workers/trainProtocol';
import { TrainRun } from './trainRun';
import { CallerSink } from './trainSink';
import { embedSpeed } from './trainSpeed';
import { TRAIN_TRANSFERS } from '../../../workers/trainTransfers';

/** Talk about a running `train` goes beside it. */
export const TRAIN_SERVE_OPTIONS: ServeOptions<TrainOps> = {
  transfers: TRAIN_TRANSFERS,
  lanes: { pause: 'control', takeCheckpoint: 'control', checkpointSaved: 'control', memory: 'control' },
};

const MODELS_URL = new URL('../models/', self.location.href).href;

/** What answers every operation of the protocol. */
export function createTrainHandlers(): Handlers<TrainOps> {
  let engines: TrainEngines | null = null;
  let modelsUrl = MODELS_URL;
  let data = new TrainData();
  let run: TrainRun | null = null;
  let people: readonly string[] = [];
  let sink: CallerSink | null = null;
  let judge: Judge | null = null;
  let cohort: BaseCohort | null = null;

  function forget(): void {
    run?.dispose();
    run = null;
    judge = null;
  }
  function started(): TrainEngines {
    if (!engines) throw new FaceError('backend/not-started');
    return engines;
  }
  function prepared(): TrainRun {
    if (!run) throw new FaceError('train/not-prepared');
    return run;
  }
  function judging(): Judge {
    return (judge ??= new Judge(started(), data, prepared(), cohort));
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
          reason: `the number of pictures is ${pictures.length}`,
        });
      judge?.forget(set);
      return { pictures: data.add(set, pictures, labels) };
    },
    checkPictures: async ({ pictures }) => ({ unreadable: await unreadablePictures(pictures) }),
    clearPictures({ set }) {
      judge?.forget(set);
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
          reason: `the number of people is ${request.people.length}`,
        });
      if (running.state.backend === 'wasm') checkStepMemory(plan.model, plan.config, labels);
      progress({ stage: 'Preparing the network', done: 0, total: 0, unit: 'steps' });
      run = await TrainRun.open(running, data, plan);
      people = request.people;
      cohort = opened.cohort;
      return summary(run, opened.base.cuts, notes);
    },
    async train({ sink: choice, checkpoint, untilEpoch }, { signal, progress }) {
      const current = prepared();
      judge = null; // what it knows is of the weights so far
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
    evaluate: ({ far }, context) => judging().report(far, people.length, context),
    async embed({ which, pictures, mirror = false }, context) {
      const { data: rows, count } = await judging().embed(which, pictures, mirror, context);
      return { rows: count, columns: prepared().plan.config.embeddingSize, data: rows };
    },
    async weights({ averaged }) {
      const current = prepared();
      const { graph, folded, inputSize, config } = current.plan;
      const { said, centres } = judging().cohort();
      const bytes = await current.weights(averaged, centres && new Map([[COHORT_CENTRES, centres]]));
      return { bytes, cohort: said, folded, people, embeddingSize: config.embeddingSize, inputSize, graph };
    },
    embedSpeed: async ({ batch, runs }) => ({
      milliseconds: await embedSpeed(started(), prepared().plan, batch, runs),
    }),
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

function summary(run: TrainRun, cuts: readonly string[], notes: readonly string[]): TrainPlan {
  const { plan, trunk } = run;
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const shapes = new Map([...weightShapes(plan.graph), ...headShapes(plan.model, plan.config)]);
  return {
    config: plan.config,
    trainableParameters: plan.model.trainable.reduce((sum, name) => sum + count(shapes.get(name)!), 0),
    parameters: [...shapes.values()].reduce((sum, shape) => sum + count(shape), 0),
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

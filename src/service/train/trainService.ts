import type { CallContext } from '../../core/call';
import { badValue, FaceError } from '../../core/errors';
import type { Checkpoint, EngineMemory, Report } from '../../core/types';
import type { PictureRef } from '../../pipeline/decode';
import { inferShapes, weightShapes } from '../../nn/shapes';
import { openStore } from '../../store/store';
import { COHORT_CENTRES } from '../../weights/cohorts';
import { checkData } from '../../train/checkData';
import { planRun } from '../../train/plan';
import { stepsPerEpoch } from '../../train/sampler';
import { isCacheable } from '../../train/samples';
import { headShapes } from '../../train/state';
import { checkStepMemory } from '../../train/stepMemory';
import { modelsUrlOf } from '../modelsUrl';
import { openBase, type BaseCohort } from './openBase';
import { pictureHashes, PictureSets, unreadablePictures, type PictureSet } from './pictureSets';
import { openTrainEngines, type TrainEngine, type TrainEngines, type TrainStart } from './engines';
import { RunEvaluation } from './runEvaluation';
import type {
  AddRequest,
  CheckpointSaved,
  EmbeddedRows,
  EmbedRequest,
  TrainCall,
  TrainedNetwork,
  TrainPlan,
  TrainRequest,
} from './requests';
import { PreparedRun, type TrainProgress, type TrainResult } from './run';
import { CallerSink } from './callerSink';
import { embedSpeed } from './embedSpeed';

/** What answers every operation of the protocol. */
export function createTrainService() {
  let engines: TrainEngines | null = null;
  let modelsUrl = modelsUrlOf();
  let data = new PictureSets();
  let run: PreparedRun | null = null;
  let people: readonly string[] = [];
  let sink: CallerSink | null = null;
  let evaluation: RunEvaluation | null = null;
  let cohort: BaseCohort | null = null;

  function forget(): void {
    run?.dispose();
    run = null;
    evaluation = null;
  }
  function started(): TrainEngines {
    if (!engines) throw new FaceError('backend/not-started');
    return engines;
  }
  function prepared(): PreparedRun {
    if (!run) throw new FaceError('train/not-prepared');
    return run;
  }
  function evaluating(): RunEvaluation {
    return (evaluation ??= new RunEvaluation(started(), data, prepared(), cohort));
  }

  return {
    async start(options: TrainStart): Promise<TrainEngine> {
      forget();
      data = new PictureSets();
      await engines?.dispose();
      engines = null;
      modelsUrl = modelsUrlOf(options.modelsUrl);
      engines = await openTrainEngines(options);
      return engines.state;
    },
    async addPictures({ set, pictures, labels }: AddRequest) {
      if (pictures.length !== labels.length)
        throw badValue('labels', String(labels.length), `the number of pictures is ${pictures.length}`);
      evaluation?.forget(set);
      return { unreadable: await data.add(set, pictures, labels) };
    },
    checkPictures: async ({ pictures }: { readonly pictures: readonly PictureRef[] }) => ({
      unreadable: await unreadablePictures(pictures),
    }),
    clearPictures({ set }: { readonly set: PictureSet }) {
      evaluation?.forget(set);
      data.clear(set);
      return null;
    },
    async prepare(request: TrainRequest, { signal, progress }: CallContext): Promise<TrainPlan> {
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
        throw badValue('labels', String(outside), `the number of people is ${request.people.length}`);
      if (running.state.backend === 'wasm') checkStepMemory(plan.model, plan.config, labels);
      progress({ stage: 'Preparing the network', done: 0, total: 0, unit: 'steps' });
      run = await PreparedRun.open(running, data, plan);
      people = request.people;
      cohort = opened.cohort;
      return summary(run, opened.base.cuts, notes);
    },
    async train(
      { sink: choice, checkpoint, untilEpoch }: TrainCall,
      { signal, progress }: CallContext<TrainProgress>,
    ): Promise<TrainResult> {
      const current = prepared();
      evaluation = null; // it is of the weights so far
      if (choice.kind === 'store') {
        const store = await openStore();
        try {
          return await current.train({ sink: store.training.sink(choice.runId), untilEpoch, signal, progress });
        } finally {
          store.close();
        }
      }
      const keep = started().state.backend === 'webgpu';
      const notify = (ready: { number: number; step: number }) => progress({ kind: 'checkpoint', ...ready });
      sink = new CallerSink(checkpoint ?? null, keep, notify, signal);
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
    takeCheckpoint({ number }: { readonly number: number }): Checkpoint {
      if (!sink) throw new FaceError('worker/bad-request', { op: `takeCheckpoint ${number}` });
      return sink.take(number);
    },
    checkpointSaved({ number, error }: CheckpointSaved) {
      sink?.saved(number, error);
      return null;
    },
    evaluate: ({ far }: { readonly far: number }, context: CallContext): Promise<Report> =>
      evaluating().report(far, people.length, context),
    embed: (request: EmbedRequest, context: CallContext): Promise<EmbeddedRows> => evaluating().embed(request, context),
    async weights({ averaged }: { readonly averaged: boolean }): Promise<TrainedNetwork> {
      const current = prepared();
      const { graph, folded, inputSize, config } = current.plan;
      const { said, centres } = evaluating().cohort();
      const bytes = await current.weights(averaged, centres && new Map([[COHORT_CENTRES, centres]]));
      return { bytes, cohort: said, folded, people, embeddingSize: config.embeddingSize, inputSize, graph };
    },
    embedSpeed: async ({ batch, runs }: { readonly batch: number; readonly runs: number }) => ({
      milliseconds: await embedSpeed(started(), prepared().plan, batch, runs),
    }),
    memory: (): EngineMemory => started().tfjs.memory(),
    dispose() {
      forget();
      data = new PictureSets();
      return null;
    },
  };
}

function summary(run: PreparedRun, cuts: readonly string[], notes: readonly string[]): TrainPlan {
  const { plan, backbone } = run;
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const shapes = new Map([...weightShapes(plan.graph), ...headShapes(plan.model, plan.config)]);
  return {
    config: plan.config,
    trainableParameters: plan.model.trainable.reduce((sum, name) => sum + count(shapes.get(name)!), 0),
    parameters: [...shapes.values()].reduce((sum, shape) => sum + count(shape), 0),
    frozenUntil: plan.backbone?.outputs[0] ?? null,
    cached: backbone !== null && isCacheable(plan.config.augment),
    stepsPerEpoch: stepsPerEpoch(run.labels, plan.config),
    inputSize: plan.inputSize,
    embeddingSize: inferShapes(plan.graph).get(plan.graph.outputs[0]!)!.at(-1)!,
    folded: plan.folded,
    cuts,
    notes,
  };
}

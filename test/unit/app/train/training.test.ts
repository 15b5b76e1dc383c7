import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { TaskProgress } from '../../../../src/app/shell/task.svelte';
import { Training } from '../../../../src/app/train/training.svelte';
import type { RunPlan } from '../../../../src/app/train/runRecord';
import type { Trainer } from '../../../../src/client/trainer';
import type { TrainOptions } from '../../../../src/client/trainThread';
import { FaceError } from '../../../../src/core/errors';
import type { Store } from '../../../../src/store/schema';
import { openStore } from '../../../../src/store/store';
import { recipeFor } from '../../../../src/train/config/recipe';
import { faceOf, scriptedEngine } from '../scriptedEngine';

const PLAN: RunPlan = {
  recipe: recipeFor({ kind: 'scratch', width: 0.25 }, 'all'),
  people: [
    { id: 'a', name: 'Ada' },
    { id: 'b', name: 'Bob' },
  ],
  pictures: { train: 2, heldOut: 1, impostors: 0 },
  far: 0.1,
  previousModel: null,
};
const picture = (label: number) => ({ crop: faceOf('A').crop, label });
const PICTURES = { sets: { train: [picture(0), picture(1)], heldOut: [picture(0)], impostors: [] } };
const STEPS = 4;

let store: Store;
let training: Training;
/** What the train worker was asked, and what it does at each step. */
let asked: string[];
let onStep: (step: number, worker: { paused: boolean }) => void;
let failAt: Partial<Record<string, FaceError>>;
let isWriter: boolean;
/** Closes the last trainer. */
let close: () => void;
/** What was shown while the model was saved. */
let seen: TaskProgress | null;

/** A trainer that makes steps without a thread, and continues where it was paused. */
function scriptedTrainer(): Trainer {
  const worker = { paused: false };
  let closed = false;
  let done = 0;
  close = () => (closed = true);
  const answer = async <T>(op: string, value: T): Promise<T> => {
    if (closed) throw new FaceError('aborted');
    asked.push(op);
    const failure = failAt[op];
    if (failure) throw failure;
    await Promise.resolve();
    if (closed) throw new FaceError('aborted');
    return value;
  };
  return {
    start: () => answer('start', { backend: 'wasm', adapter: null, notes: ['slow'] }),
    add: (set: string) => answer(`add ${set}`, []),
    prepare: () =>
      answer('prepare', { stepsPerEpoch: STEPS, config: { epochs: 1 }, trainableParameters: 9, notes: [] }),
    evaluate: () => answer('evaluate', { before: {}, after: {} }),
    save: (_request: unknown, call: { onProgress: (progress: TaskProgress) => void }) => {
      call.onProgress({ stage: 'Saving the model', done: 1, total: 3 });
      seen = training.saving.progress;
      return answer('save', { id: 'trained-1' });
    },
    async train(options: TrainOptions) {
      asked.push('train');
      worker.paused = false;
      while (done < STEPS && !worker.paused) {
        await new Promise((resolve) => setTimeout(resolve));
        if (closed) throw new FaceError('aborted');
        if (failAt['train']) throw failAt['train'];
        done++;
        options.onStep?.({ step: done, epoch: 0, loss: 1 / done, accuracy: null } as never);
        onStep(done, worker);
      }
      return { step: done, epoch: done === STEPS ? 1 : 0, finished: done === STEPS };
    },
    async pause() {
      worker.paused = true;
      await Promise.resolve();
    },
    close,
  } as unknown as Trainer;
}

// A browser without locks and caches: the run's pictures stay with the page.
beforeAll(() => void vi.stubGlobal('navigator', {}));
afterAll(() => void vi.unstubAllGlobals());

beforeEach(async () => {
  store = await openStore();
  asked = [];
  onStep = () => undefined;
  failAt = {};
  isWriter = true;
  seen = null;
  const { engine } = await scriptedEngine(store);
  await engine.start();
  const guard = { mayWrite: () => isWriter, run: <R>(write: () => Promise<R>) => write() };
  training = new Training(engine, guard, store.training, scriptedTrainer);
  await training.load();
});

test('a run gets its pictures, is trained, evaluated, and waits for a decision', async () => {
  await training.begin('Two people', PLAN, PICTURES);
  expect(asked).toEqual(['start', 'add train', 'add heldOut', 'prepare', 'train', 'evaluate']);
  expect(training.phase).toBe('evaluated');
  expect(training.report).toEqual({ before: {}, after: {} });
  expect(training.points.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(training.notes).toContain('slow');
  expect(await store.training.runs()).toMatchObject([{ title: 'Two people', status: 'finished', step: STEPS }]);
});

test('a paused run is resumed where it was, by the same worker', async () => {
  onStep = (step) => {
    if (step === 2) void training.pause();
  };
  await training.begin('Two people', PLAN, PICTURES);
  expect(training.phase).toBe('stopped');
  expect(await store.training.runs()).toMatchObject([{ status: 'paused', step: 2 }]);
  await training.resume(training.run!);
  expect(training.phase).toBe('evaluated');
  expect(training.points.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(asked.filter((op) => op === 'start')).toHaveLength(1);
});

test('a failure is said and noted, and the run can be resumed from its beginning', async () => {
  failAt = { train: new FaceError('store/full') };
  await training.begin('Two people', PLAN, PICTURES);
  expect([training.phase, training.task.error?.code]).toEqual(['stopped', 'store/full']);
  const [run] = await store.training.runs();
  expect(run!.failure).toContain('no room');
  failAt = {};
  await training.resume(run!);
  expect([training.phase, training.task.error]).toEqual(['evaluated', null]);
  expect((await store.training.runs())[0]!.failure).toBeNull();
});

test('discarding ends a run that is under way, and nothing of it stays', async () => {
  onStep = (step) => {
    if (step === 1) void training.discard();
  };
  await training.begin('Two people', PLAN, PICTURES);
  await vi.waitFor(async () => expect(await store.training.runs()).toEqual([]));
  expect([training.phase, training.run, training.task.error]).toEqual(['idle', null, null]);
});

test('when another tab writes, the run is saved and left to it', async () => {
  let released = null as Promise<void> | null;
  onStep = (step) => {
    if (step === 2) released = training.release();
  };
  await training.begin('Two people', PLAN, PICTURES);
  await released;
  expect([training.phase, training.run]).toEqual(['idle', null]);
  expect(await store.training.runs()).toMatchObject([{ status: 'paused', step: 2 }]);
  await vi.waitFor(() => expect(training.left).toMatchObject([{ title: 'Two people' }]));
});

test('a tab that does not write begins nothing', async () => {
  isWriter = false;
  await expect(training.begin('Two people', PLAN, PICTURES)).rejects.toMatchObject({ code: 'store/other-tab' });
  expect([training.phase, asked, await store.training.runs()]).toEqual(['idle', [], []]);
});

test('an accepted model is saved with progress and used, and the run is no longer open', async () => {
  await training.begin('Two people', PLAN, PICTURES);
  await training.accept('Ours');
  expect(seen).toEqual({ stage: 'Saving the model', done: 1, total: 3 });
  expect([training.phase, training.saving.running]).toEqual(['idle', false]);
  expect((await store.settings.read()).model).toBe('trained-1');
  await vi.waitFor(() => expect(training.used).toMatchObject({ title: 'Ours', status: 'accepted' }));
  expect(training.left).toEqual([]);
});

test('a model that cannot be saved leaves the decision open', async () => {
  await training.begin('Two people', PLAN, PICTURES);
  failAt = { save: new FaceError('store/full') };
  await expect(training.accept('Ours')).rejects.toMatchObject({ code: 'store/full' });
  expect(training.phase).toBe('evaluated');
  expect((await store.settings.read()).model).toBeNull();
});

test('a trainer that is closed while it saves leaves no model, and accepting does not succeed', async () => {
  await training.begin('Two people', PLAN, PICTURES);
  const accepted = training.accept('Ours');
  close();
  await expect(accepted).rejects.toMatchObject({ code: 'aborted' });
  expect(asked).toContain('save');
  expect((await store.settings.read()).model).toBeNull();
  expect(await store.training.runs()).toMatchObject([{ status: 'finished', modelId: null }]);
});

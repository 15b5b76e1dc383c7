import { beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../../../src/app/shell/engine.svelte';
import { FaceError } from '../../../../src/core/errors';
import type { Store } from '../../../../src/store/schema';
import { openStore } from '../../../../src/store/store';
import { scriptedEngine, type Script } from '../scriptedEngine';

let store: Store;
let engine: Engine;
let script: Script;
const starts = () => script.asked.filter((op) => op === 'start').length;

beforeEach(async () => {
  store = await openStore();
  ({ engine, script } = await scriptedEngine(store));
});

test('before it is started nothing is ready; afterwards it has its state', async () => {
  await expect(engine.ready()).rejects.toMatchObject({ code: 'internal' });
  await engine.start();
  expect([engine.status, engine.state?.model, engine.progress]).toEqual(['ready', 'm', null]);
  expect(await engine.ready()).toBe(engine.state);
});

test('what follows a model runs before the engine is ready', async () => {
  const order: string[] = [];
  engine.onModel(async () => {
    await Promise.resolve();
    order.push('model');
  });
  const started = engine.start();
  void engine.ready().then(() => order.push('ready'));
  await started;
  expect(order).toEqual(['model', 'ready']);
});

test('only settings of the engine start it again; a rate is changed while it runs', async () => {
  await engine.start();
  await engine.change({ cameraId: 'front' });
  expect(starts()).toBe(1);
  await engine.change({ far: 1e-4 });
  expect([starts(), engine.state?.far]).toEqual([1, 1e-4]);
  await engine.change({ backend: 'wasm' });
  expect(starts()).toBe(2);
  expect(await store.settings.read()).toMatchObject({ cameraId: 'front', far: 1e-4, backend: 'wasm' });
});

test('a failed start is said, and an automatic one leaves the choice to the worker', async () => {
  script.before = (op) => {
    if (op === 'start') throw new FaceError('store/full');
  };
  await engine.change({ backend: 'webgpu' });
  expect([engine.status, engine.error?.code]).toEqual(['failed', 'store/full']);
  await expect(engine.ready()).rejects.toMatchObject({ code: 'store/full' });
  script.before = () => undefined;
  await engine.startAutomatically();
  expect([engine.status, engine.error, engine.settings.backend]).toEqual(['ready', null, 'auto']);
});

test('of two starts at once the later one decides', async () => {
  let refuse: () => void = () => undefined;
  let isFirst = true;
  script.before = (op) => {
    if (op !== 'start' || !isFirst) return;
    isFirst = false;
    return new Promise((_resolve, reject) => {
      refuse = () => reject(new FaceError('worker/crashed'));
    });
  };
  const first = engine.start();
  await engine.start();
  refuse();
  await first;
  expect([engine.status, engine.error]).toEqual(['ready', null]);
});

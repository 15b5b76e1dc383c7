import { describe, expect, test } from 'vitest';
import { chooseEngine, choices } from '../../../src/backend/chooseEngine';
import { createEngine } from '../../../src/backend/createEngine';
import { FaceError } from '../../../src/core/errors';
import { needsWebgpu } from '../webgpu';
import { tryOut, withBrokenDriver } from './support';

describe('what is tried, best first', () => {
  const names = async (preferences: Parameters<typeof choices>[0]) =>
    (await choices(preferences)).map(({ engine, backend }) => `${engine} ${backend}`);

  test('WASM alone where the only adapter is the CPU in disguise', async () => {
    expect(await names({})).toEqual(['litert wasm', 'tfjs wasm']);
  });
  test('WebGPU with both engines, then WASM, where it is asked for', async () => {
    expect(await names({ backend: 'webgpu' })).toEqual(['litert webgpu', 'tfjs webgpu', 'litert wasm', 'tfjs wasm']);
  });
  test('only WASM where it is asked for', async () => {
    expect(await names({ backend: 'wasm' })).toEqual(['litert wasm', 'tfjs wasm']);
  });
  test('tfjs alone where it is asked for', async () => {
    expect(await names({ engine: 'tfjs', backend: 'webgpu' })).toEqual(['tfjs webgpu', 'tfjs wasm']);
  });
});

test('LiteRT.js on WASM with all threads, and nothing to tell', async () => {
  const { engine, value, notes } = await chooseEngine({ backend: 'wasm', threads: 2 }, tryOut);
  expect([engine.name, engine.backend, engine.threads, engine.adapter]).toEqual(['litert', 'wasm', 2, null]);
  expect(notes).toEqual([]);
  expect(value.outputShapes).toEqual([[1, 8]]);
  engine.dispose();
});

test('an emulated adapter is used where WebGPU is asked for, and named as what it is', async (context) => {
  await needsWebgpu(context);
  const { engine, notes } = await chooseEngine({ backend: 'webgpu' }, tryOut);
  expect([engine.name, engine.backend, engine.softwareAdapter]).toEqual(['litert', 'webgpu', true]);
  expect(engine.adapter).toMatch(/swiftshader/i);
  expect(notes).toEqual([]);
  engine.dispose();
});

test('a driver that scales one convolution by 1.1 is found out: the next engine is used, with a sentence', async (context) => {
  await needsWebgpu(context);
  const { engine, notes } = await chooseEngine({ backend: 'webgpu' }, tryOut, withBrokenDriver('litert webgpu'));
  expect([engine.name, engine.backend]).toEqual(['tfjs', 'webgpu']);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/wrong numbers on this machine/);
  engine.dispose();
});

test('the same on WASM, where tfjs is next', async () => {
  const { engine, notes } = await chooseEngine({ backend: 'wasm' }, tryOut, withBrokenDriver('litert wasm'));
  expect([engine.name, engine.backend]).toEqual(['tfjs', 'wasm']);
  expect(notes).toHaveLength(1);
  engine.dispose();
});

test('an engine that cannot start gives way to the next', async () => {
  const { engine, notes } = await chooseEngine({ backend: 'wasm' }, tryOut, (choice, threads) => {
    if (choice.engine === 'litert')
      throw new FaceError('backend/unavailable', { backend: 'LiteRT.js', reason: 'blocked' });
    return createEngine(choice, threads);
  });
  expect(engine.name).toBe('tfjs');
  expect(notes).toEqual(['LiteRT.js is not available in this browser: blocked']);
  engine.dispose();
});

test('what no other engine would do better is thrown at once', async () => {
  let tried = 0;
  const choosing = chooseEngine({ backend: 'wasm' }, () => {
    tried++;
    throw new FaceError('weights/not-found', { file: 'x' });
  });
  await expect(choosing).rejects.toMatchObject({ code: 'weights/not-found' });
  expect(tried).toBe(1);
});

test('where nothing works the last engine’s error is thrown', async () => {
  const choosing = chooseEngine({ backend: 'wasm' }, tryOut, () =>
    Promise.reject(new FaceError('backend/unavailable', { backend: 'x', reason: 'y' })),
  );
  await expect(choosing).rejects.toMatchObject({ code: 'backend/unavailable' });
});

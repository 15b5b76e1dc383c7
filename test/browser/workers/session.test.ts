import { beforeEach, expect, test } from 'vitest';
import { MOBILE_FACE_NET, FACENET } from '../../../src/weights/registry';
import type { StartOptions } from '../../../workers/protocol';
import { openSession, type Session } from '../../../src/service/face/session';
import { brokenWhere } from './broken';
import { needsModels } from './models';

const context = { modelsUrl: '/models/', signal: new AbortController().signal, progress: () => {} };
const WASM = { backend: 'wasm', model: MOBILE_FACE_NET.id } as const;
beforeEach((test) => needsModels(test, MOBILE_FACE_NET.id));

async function choice(options: StartOptions, create: Parameters<typeof openSession>[2]) {
  const session: Session = await openSession(options, context, create);
  const { engine, precision, notes } = session;
  session.dispose();
  return { engine: engine.name, backend: engine.backend, precision, notes };
}

test.for([MOBILE_FACE_NET, FACENET])(
  '$id: int8 that calculates wrongly gives way to float16, with a note',
  async ({ id }, test) => {
    await needsModels(test, id);
    const broken = brokenWhere((_, precision) => precision === 'int8');
    expect(await choice({ backend: 'wasm', model: id }, broken)).toEqual({
      engine: 'litert',
      backend: 'wasm',
      precision: 'float16',
      notes: [expect.stringMatching(/LiteRT.js on WASM with .* in int8 gives wrong numbers on this machine/)],
    });
  },
);

test('an engine that calculates wrongly gives way to the other one, with a note for each try', async () => {
  const broken = brokenWhere(({ engine }) => engine === 'litert');
  const { engine, notes } = await choice(WASM, broken);
  expect(engine).toBe('tfjs');
  // A note for int8 and float16, and for float32 where its file is here.
  expect(notes.length).toBeGreaterThanOrEqual(2);
  for (const note of notes) expect(note).toMatch(/LiteRT.js on WASM .* gives wrong numbers/);
});

test('an engine that finds no faces gives way to the other one', async () => {
  const broken = brokenWhere(({ engine }) => engine === 'litert', ['PNet/conv1/weights'], 0);
  const { engine, notes } = await choice(WASM, broken);
  expect(engine).toBe('tfjs');
  expect(notes).toEqual([expect.stringMatching(/LiteRT.js on WASM with mtcnn gives wrong numbers/)]);
});

test('a precision that was asked for is not replaced by another', async () => {
  const broken = brokenWhere((_, precision) => precision === 'int8');
  const call = choice({ ...WASM, engine: 'tfjs', precision: 'int8' }, broken);
  await expect(call).rejects.toMatchObject({ code: 'backend/self-test-failed' });
});

test('where every engine calculates wrongly nothing is started', async () => {
  const call = choice(
    WASM,
    brokenWhere(() => true),
  );
  await expect(call).rejects.toMatchObject({ code: 'backend/self-test-failed' });
});

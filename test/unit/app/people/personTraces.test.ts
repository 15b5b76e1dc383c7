import { expect, it } from 'vitest';
import type { ModelPlace } from '../../../../src/client/types';
import { tracesOf } from '../../../../src/app/people/personTraces';
import type { TrainRunRecord } from '../../../../src/store/trainSchema';

const model = (id: string, people: readonly string[] | null): ModelPlace => ({
  id,
  title: id,
  kind: 'embedder',
  licence: 'MIT',
  embeddingSize: 128,
  threshold: 1,
  isEvenedOut: false,
  estimatedBelow: null,
  present: ['float32'],
  downloadBytes: 0,
  inBrowserStorage: true,
  trained: people && { createdAt: 0, base: null, width: 1, inputSize: 80, people, hasSelfTest: true },
});

const run = (id: string, people: readonly { id: string; name: string }[], modelId: string | null): TrainRunRecord => ({
  id,
  title: id,
  createdAt: 0,
  updatedAt: 0,
  status: 'paused',
  step: 0,
  epoch: 0,
  plan: JSON.stringify({ people }),
  history: '[]',
  report: null,
  modelId,
  failure: null,
});

it('finds faces in Photos, models and runs of one person, by id, and by name in any spelling where there is no id', () => {
  const models = [
    model('published', null),
    model('head', ['other', 'ada']),
    model('file', ['ADA  lovelace']),
    model('metric', []),
    model('others', ['bob', 'Bob']),
  ];
  const runs = [
    run('by id', [{ id: 'ada', name: 'An old name' }], 'metric'),
    run('by name', [{ id: 'of a folder', name: 'ada lovelace' }], null),
    run('of others', [{ id: 'bob', name: 'Bob' }], 'others'),
    { ...run('unreadable', [], null), plan: '{' },
    { ...run('without people', [], null), plan: '{}' },
    { ...run('senseless', [], null), plan: '{"people":{"ada":1},"impostors":"ada"}' },
    { ...run('senseless people', [], null), plan: '{"people":[null,1,{"id":2,"name":3}],"impostors":[null]}' },
    { ...run('nothing', [], null), plan: 'null' },
  ];
  const faces = [{ personId: 'ada' }, { personId: null }, { personId: 'ada' }, { personId: 'bob' }];
  const traces = tracesOf({ id: 'ada', name: 'Ada Lovelace' }, { faces, models, runs });
  expect(traces.photoFaces).toBe(2);
  expect(traces.models.map(({ id }) => id)).toEqual(['head', 'file', 'metric']);
  expect(traces.runs.map(({ id }) => id)).toEqual(['by id', 'by name']);
  const nobody = tracesOf({ id: 'eve', name: 'Eve' }, { faces, models, runs });
  expect(nobody).toEqual({ photoFaces: 0, models: [], runs: [] });
});

it('a training that is not decided keeps the pictures of its impostors too', () => {
  const runOf = (id: string, status: TrainRunRecord['status'], impostors?: readonly string[]): TrainRunRecord => ({
    ...run(id, [], null),
    status,
    plan: JSON.stringify({ people: [{ id: 'bob', name: 'Bob' }], impostors }),
  });
  const runs = [
    runOf('paused', 'paused', ['eve', 'ada']),
    runOf('failed', 'failed', ['ada']),
    runOf('accepted', 'accepted', ['ada']),
    runOf('discarded', 'discarded', ['ada']),
    runOf('of others', 'paused', ['eve']),
    runOf('of an earlier version', 'paused'),
  ];
  const traces = tracesOf({ id: 'ada', name: 'Ada' }, { faces: [], models: [], runs });
  expect(traces.runs.map(({ id }) => id)).toEqual(['paused', 'failed']);
});

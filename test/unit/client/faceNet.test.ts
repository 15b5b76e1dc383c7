import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => void vi.unstubAllGlobals());

test('the client is imported where there is neither page nor worker, as in a server’s rendering', async () => {
  vi.stubGlobal('Worker', undefined); // tfjs gives Node one, which other tests of this process may have loaded
  expect([typeof Worker, typeof document]).toEqual(['undefined', 'undefined']);
  const { FaceNet } = await import('../../../src/client/faceNet');
  const net = new FaceNet();
  expect(net.people.list).toEqual([]);
  expect(JSON.stringify(net.people)).toBe('{"version":1,"people":[]}');
  net.close();
});

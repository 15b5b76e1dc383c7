import { expect, it, onTestFinished, vi } from 'vitest';
import { download } from '../../../src/weights/download';
import { serve } from '../harness/testServer';
import { rejectionCode } from './errorCode';

/** Node's fetch forgets a body's signal when garbage is collected at the wrong moment; here it always does. */
function forgetSignals(): void {
  const real = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch');
  spy.mockImplementation((url, options) => real(url, { ...options, signal: null }));
  onTestFinished(() => spy.mockRestore());
}

/** A download of which half has come, and nothing more will. */
async function halfWay(options: { signal?: AbortSignal; silentMs?: number }) {
  const server = await serve((_, response) => void response.writeHead(200).write(new Uint8Array(500)));
  const parts = download(server.url, 1000, options);
  expect((await parts.next()).value).toMatchObject({ at: 0 });
  return parts.next();
}

it('a stopped download ends at once, even where fetch has forgotten its signal', async () => {
  forgetSignals();
  const caller = new AbortController();
  const rest = halfWay({ signal: caller.signal });
  setTimeout(() => caller.abort(), 50);
  expect(await rejectionCode(rest)).toBe('aborted');
});

it('a server that falls silent is given up, even where fetch has forgotten its signal', async () => {
  forgetSignals();
  expect(await rejectionCode(halfWay({ silentMs: 50 }))).toBe('weights/download-failed');
});

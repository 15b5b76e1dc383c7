import { throwIfAborted } from '../core/abort';
import { FaceError } from '../core/errors';

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest silence of a server, at first or in between. Default 10 seconds. */
  readonly silentMs?: number | undefined;
  /** What errors call the file; default its address. */
  readonly name?: string;
  /** Bytes of the file that are here already: only the rest is asked for. */
  readonly have?: number;
}

export interface Chunk {
  /** Its place in the file: 0 despite `have` when the server sends the whole file anyway. */
  readonly at: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

const SILENT_MS = 10_000;

/**
 * The parts of a file of `bytes` bytes as they arrive. Throws `aborted`; `weights/truncated` when the connection breaks
 * after data arrived (continue with `have`); `weights/oversized`; and `weights/download-failed` for everything else: no
 * answer, silence, an error status.
 */
export async function* download(url: string, bytes: number, options: DownloadOptions = {}): AsyncGenerator<Chunk> {
  const { signal, silentMs = SILENT_MS, have = 0, name = url } = options;
  throwIfAborted(signal);
  const connection = new AbortController();
  // Raced against every answer: Node's fetch loses a body's signal at garbage collection, and reading would hang.
  let end: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => (end = reject));
  stopped.catch(() => {});
  const stop = () => {
    connection.abort();
    end(connection.signal.reason);
  };
  signal?.addEventListener('abort', stop);
  let silent = false as boolean;
  let at = 0;
  const answer = async <T>(waiting: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => {
      silent = true;
      stop();
    }, silentMs);
    try {
      return await Promise.race([waiting, stopped]);
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    const headers = { 'Accept-Encoding': 'identity', ...(have > 0 && { Range: `bytes=${have}-` }) };
    const response = await answer(fetch(url, { headers, signal: connection.signal }));
    at = startOf(response, have);
    const body = response.body?.getReader();
    for (;;) {
      const part = await answer(body ? body.read() : Promise.resolve({ done: true, value: undefined } as const));
      if (!part.value) break;
      if (at + part.value.length > bytes) throw new FaceError('weights/oversized', { file: name, expected: bytes });
      yield { at, data: part.value };
      at += part.value.length;
    }
    if (at < bytes) throw new FaceError('weights/truncated', { file: name, expected: bytes, got: at });
  } catch (thrown) {
    if (thrown instanceof FaceError) throw thrown;
    if (signal?.aborted) throw new FaceError('aborted');
    if (silent) throw failed(`${hostOf(url)} gave no answer for ${silentMs / 1000} seconds`, thrown);
    if (at > have)
      throw new FaceError('weights/truncated', { file: name, expected: bytes, got: at }, { cause: thrown });
    throw failed(`${hostOf(url)} cannot be reached`, thrown);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** The same as one array, which is exactly `bytes` long. `onHave` receives the number of bytes so far. */
export async function downloadWhole(
  url: string,
  bytes: number,
  options: Omit<DownloadOptions, 'have'> & { readonly onHave?: ((bytes: number) => void) | undefined },
): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(bytes);
  for await (const { at, data } of download(url, bytes, options)) {
    whole.set(data, at);
    options.onHave?.(at + data.length);
  }
  return whole;
}

/** The place in the file where a response's body begins. Throws for a status without a part of it. */
function startOf(response: Response, have: number): number {
  if (response.status === 200) return 0;
  const from = /^bytes (\d+)-/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  if (response.status === 206 && Number(from) === have) return have;
  throw failed(`${response.url} answered ${response.status}`);
}

function failed(reason: string, cause?: unknown): FaceError {
  return new FaceError('weights/download-failed', { reason }, { cause });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

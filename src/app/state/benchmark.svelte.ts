import { toFaceError, type FaceError } from '../../core/errors';
import { Pace } from '../../core/pace';
import { createFaceClient } from '../../client/faceClient';
import type {
  BenchmarkOptions,
  BenchmarkPictures,
  BenchmarkRequest,
  BenchmarkResult,
  Progress,
} from '../../client/types';
import { startOptions, type Engine } from './engine.svelte';
import { sampleBenchmark } from './sampleBenchmark';

const PAIRS_NAME = /(^|\/)[^/]*pairs[^/]*\.(txt|csv)$/i;

/** The files of a chosen folder, by their paths below it, and the list of pairs that lies among them, if one does. */
export function folderOf(files: readonly File[]): { pictures: BenchmarkPictures; pairs: File | null } {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
  const below = files.map((file) => ({ path: file.webkitRelativePath.split('/').slice(1).join('/'), file }));
  const pairs = below.find(({ path }) => PAIRS_NAME.test(path))?.file ?? null;
  return { pictures: { kind: 'folder', name, files: below }, pairs };
}

/** The Benchmark view's run: what it is to be made of, how far it is, and what came out. It goes on in other views. */
export class Benchmark {
  pictures = $state.raw<BenchmarkPictures | null>(null);
  pairs = $state.raw<BenchmarkRequest['pairs'] | null>(null);
  /** Whether the pictures are the samples. */
  samples = $state(false);
  options = $state.raw<BenchmarkOptions>({
    mirror: true,
    subtractMean: true,
    distance: 'cosine',
    far: 0.001,
    noFace: 'centre-crop',
  });
  running = $state(false);
  progress = $state.raw<Progress | null>(null);
  /** Speed and time left, in words. */
  pace = $state('');
  error = $state.raw<FaceError | null>(null);
  result = $state.raw<BenchmarkResult | null>(null);

  #abort = new AbortController();

  constructor(private readonly engine: Engine) {}

  chooseFolder(files: readonly File[]): void {
    const { pictures, pairs } = folderOf(files);
    this.pictures = pictures;
    this.samples = false;
    if (pairs) this.choosePairs(pairs);
  }

  chooseArchive(file: File): void {
    this.pictures = { kind: 'archive', name: file.name, file };
    this.samples = false;
  }

  choosePairs(file: File): void {
    this.pairs = { name: file.name, file };
  }

  /** Chooses the sample pictures and their list of pairs, and runs. Resolves in any case. */
  async trySamples(): Promise<void> {
    await this.#run(async (signal) => {
      const { pictures, pairs } = await sampleBenchmark(signal);
      this.pictures = pictures;
      this.pairs = pairs;
      this.samples = true;
      return { pictures, pairs };
    });
  }

  /** Runs with what is chosen. Resolves in any case. */
  async run(): Promise<void> {
    const { pictures, pairs } = this;
    if (pictures && pairs) await this.#run(() => Promise.resolve({ pictures, pairs }));
  }

  /** In a worker of its own, so that recognising goes on meanwhile. */
  async #run(input: (signal: AbortSignal) => Promise<Pick<BenchmarkRequest, 'pictures' | 'pairs'>>): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.error = null;
    this.result = null;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const client = createFaceClient();
    let pace: Pace | null = null;
    const onProgress = (progress: Progress): void => {
      this.progress = progress;
      if (progress.unit !== 'pictures' || progress.total === 0) return;
      pace ??= new Pace(progress.total);
      pace.reach(progress.done);
      this.pace = String(pace);
    };
    try {
      const { pictures, pairs } = await input(signal);
      await client.call('start', startOptions(this.engine.settings), { signal, onProgress });
      this.result = await client.call('benchmark', { pictures, pairs, options: this.options }, { signal, onProgress });
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code !== 'aborted') this.error = error;
    } finally {
      client.close();
      this.running = false;
      this.progress = null;
      this.pace = '';
    }
  }

  cancel(): void {
    this.#abort.abort();
  }
}

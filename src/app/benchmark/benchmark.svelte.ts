import type { BenchmarkOptions, BenchmarkPictures, BenchmarkRequest, BenchmarkResult } from '../../client/types';
import { Measurement, type Measuring } from './measurement.svelte';
import { sampleBenchmark } from './sampleBenchmark';

const PAIRS_NAME = /(^|\/)[^/]*pairs[^/]*\.(txt|csv)$/i;

/** The files of a folder by their paths below it, and the list of pairs among them, if any. */
export function folderOf(files: readonly File[]): { pictures: BenchmarkPictures; pairs: File | null } {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
  const below = files.map((file) => ({ path: file.webkitRelativePath.split('/').slice(1).join('/'), file }));
  const pairs = below.find(({ path }) => PAIRS_NAME.test(path))?.file ?? null;
  return { pictures: { kind: 'folder', name, files: below }, pairs };
}

/** Accuracy on a list of pairs: pictures, pairs and options. */
export class Benchmark extends Measurement<BenchmarkResult> {
  pictures = $state.raw<BenchmarkPictures | null>(null);
  pairs = $state.raw<BenchmarkRequest['pairs'] | null>(null);
  samples = $state(false);
  options = $state.raw<BenchmarkOptions>({
    flip: true,
    subtractMean: true,
    distance: 'cosine',
    far: 0.001,
    noFace: 'centre-crop',
  });

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

  /** Chooses the sample pictures with their pairs and runs. Never rejects. */
  async trySamples(): Promise<void> {
    await this.measure(async (measuring) => {
      const { pictures, pairs } = await sampleBenchmark(measuring.signal);
      this.pictures = pictures;
      this.pairs = pairs;
      this.samples = true;
      return this.#benchmark({ pictures, pairs }, measuring);
    });
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { pictures, pairs } = this;
    if (pictures && pairs) await this.measure((measuring) => this.#benchmark({ pictures, pairs }, measuring));
  }

  #benchmark(
    input: Pick<BenchmarkRequest, 'pictures' | 'pairs'>,
    { client, ...call }: Measuring,
  ): Promise<BenchmarkResult> {
    return client.call('benchmark', { ...input, options: this.options }, call);
  }
}

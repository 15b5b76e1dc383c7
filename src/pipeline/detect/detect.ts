import { throwIfAborted } from '../../core/abort';
import type { Box, Detection, Frame, Size } from '../../core/types';
import type { Weights } from '../../core/weights';
import { onet, ONET_SIZE } from '../../models/onet';
import { pnetPyramid, type PyramidLevel } from '../../models/pnetPyramid';
import { rnet, RNET_SIZE } from '../../models/rnet';
import type { Engine, Executor } from '../../nn/executor';
import { Timings } from '../timings';
import { batchedNetwork } from './batches';
import { moveFace, squareBox, type Candidate } from './boxes';
import { createAreaKernel, type AreaKernel } from './areaKernel';
import { integralsOf, type Integral } from './integral';
import { faces } from './onet';
import { detectSettings, type SearchOptions } from './options';
import { levelInput, proposals } from './pnet';
import { levelSize, pictureLevelSize, pyramidFor, searchedMinSize, type Pyramid } from './pyramid';
import { refine } from './rnet';
import { inside, windowsOf } from './windows';

/** Compiled frame sizes kept; the least recently used is freed. */
const KEPT_GRAPHS = 8;
/** Bytes of pictures' sums kept: enough for the largest searched picture. WebAssembly's memory never shrinks. */
const KEPT_SUMS = 32e6;
// Measured on two cores, milliseconds a window: R-Net .045 at 32 and at 128, .049 at 16, .056 at 8; O-Net .31 at 4, 8 and 16, .39 at 1.
const RNET_BATCHES = [4, 8, 16, 32];
const ONET_BATCHES = [1, 2, 4, 8];

type Search = [options?: SearchOptions, timings?: Timings | undefined, signal?: AbortSignal | undefined];

/** MTCNN: finds faces and their five points. */
export interface Detector {
  /**
   * The faces of a frame in its own pixels, most probable first; none is an empty list. Throws `detect/bad-option`,
   * `aborted`.
   */
  detect(frame: Frame, ...search: Search): Promise<Detection[]>;
  /** The same for several frames at once: R-Net and O-Net run on the candidates of all of them together. */
  detectMany(frames: readonly Frame[], ...search: Search): Promise<Detection[][]>;
  /**
   * The faces at these places of a frame, such as those of the frame before: only O-Net runs, at a fraction of the cost, and
   * moves each box to its face. Places without a face give none. Throws as `detect` does.
   */
  detectAt(frame: Frame, places: readonly Box[], ...search: Search): Promise<Detection[]>;
  /** Compiles what every picture needs. */
  warmUp(): Promise<void>;
  dispose(): void;
}

/** P-Net compiled for a frame size, with the memory of its inputs. */
interface CompiledPyramid {
  readonly executor: Executor;
  readonly sizes: readonly Size[];
  readonly levels: readonly PyramidLevel[];
}

/** A detector on `engine`; the networks are compiled when first needed. Throws what `engine.prepare` throws, later. */
export function createDetector(engine: Engine, weights: Weights): Detector {
  const pyramids = new Map<string, CompiledPyramid>();
  const refiner = batchedNetwork(RNET_BATCHES, RNET_SIZE ** 2 * 3, (batch) => engine.prepare(rnet({ batch }), weights));
  const scorer = batchedNetwork(ONET_BATCHES, ONET_SIZE ** 2 * 3, (batch) => engine.prepare(onet({ batch }), weights));
  /** Kept from picture to picture. */
  let kernel: AreaKernel | null = null;
  let memory = new Float32Array(0);

  async function compiled({ width, height, scales }: Pyramid): Promise<CompiledPyramid> {
    const key = [width, height, ...scales].join(' ');
    let found = pyramids.get(key);
    if (!found) {
      const sizes = scales.map((scale) => levelSize(width, height, scale));
      const { graph, levels } = pnetPyramid(sizes);
      found = { executor: await engine.prepare(graph, weights), sizes, levels };
    }
    pyramids.delete(key);
    pyramids.set(key, found);
    if (pyramids.size > KEPT_GRAPHS) {
      const [oldest, { executor }] = pyramids.entries().next().value!;
      executor.dispose();
      pyramids.delete(oldest);
    }
    return found;
  }

  async function propose(picture: Integral, minSize: number, factor: number, threshold: number): Promise<Candidate[]> {
    const pyramid = pyramidFor(picture.width, picture.height, minSize, factor);
    if (pyramid.scales.length === 0) return [];
    const { executor, sizes, levels } = await compiled(pyramid);
    const length = sizes.reduce((sum, { width, height }) => sum + width * height * 3, 0);
    if (memory.length < length) memory = new Float32Array(length);
    let at = 0;
    const inputs = sizes.map(({ width, height }) => memory.subarray(at, (at += width * height * 3)));
    const pictureLevels = levels.map((level, i) => {
      const scale = pyramid.scales[i]!;
      const size = pictureLevelSize(picture, scale);
      levelInput(picture, size, sizes[i]!, inputs[i]!);
      return { ...level, scale, size };
    });
    const [output] = await executor.run(inputs);
    return proposals(output!, pictureLevels, threshold);
  }

  /** The frames' copies that are searched. */
  function read(frames: readonly Frame[], maxSide: number): Integral[] {
    if (!kernel || kernel.bytes.length > KEPT_SUMS) kernel = createAreaKernel();
    return integralsOf(
      frames.map((frame) => frame.reduced(maxSide)),
      kernel,
    );
  }

  /** O-Net's answer for the candidates of each picture, in the frames' pixels. */
  async function score(
    frames: readonly Frame[],
    pictures: readonly Integral[],
    candidates: Candidate[][],
    threshold: number,
  ): Promise<Detection[][]> {
    const kept = inside(pictures, candidates);
    const outputs = await scorer.run(...windowsOf(pictures, kept, ONET_SIZE));
    return mapWithFirst(kept, (list, first) => faces(list, outputs, first, threshold)).map((list, i) => {
      const [scaleX, scaleY] = [frames[i]!.width / pictures[i]!.width, frames[i]!.height / pictures[i]!.height];
      return scaleX === 1 && scaleY === 1
        ? list
        : list.map((face) => moveFace(face, ({ x, y }) => ({ x: x * scaleX, y: y * scaleY })));
    });
  }

  const detector: Detector = {
    detect: async (frame, ...rest) => (await detector.detectMany([frame], ...rest))[0]!,
    async detectMany(frames, options = {}, timings = new Timings(), signal) {
      const { minSize, factor, thresholds, maxSide } = detectSettings(options);
      const pictures = await timings.run('resize', () => read(frames, maxSide));
      const proposed: Candidate[][] = [];
      for (const [i, picture] of pictures.entries()) {
        throwIfAborted(signal);
        const { width, height } = frames[i]!;
        const least = searchedMinSize({ minSize }, Math.min(width, height), picture.width / width);
        proposed.push(await timings.run('pnet', () => propose(picture, least, factor, thresholds[0])));
      }
      const refined = await timings.run('rnet', async () => {
        const candidates = inside(pictures, proposed);
        const outputs = await refiner.run(...windowsOf(pictures, candidates, RNET_SIZE));
        return mapWithFirst(candidates, (list, first) => refine(list, outputs, first, thresholds[1]));
      });
      throwIfAborted(signal);
      return timings.run('onet', () => score(frames, pictures, refined, thresholds[2]));
    },
    async detectAt(frame, places, options = {}, timings = new Timings(), signal) {
      const { thresholds, maxSide } = detectSettings(options);
      const pictures = await timings.run('resize', () => read([frame], maxSide));
      throwIfAborted(signal);
      const [scaleX, scaleY] = [pictures[0]!.width / frame.width, pictures[0]!.height / frame.height];
      // From edges to pixels counted from 1.
      const candidates = places.map(({ x0, y0, x1, y1 }) =>
        squareBox({ x0: x0 * scaleX + 1, y0: y0 * scaleY + 1, x1: x1 * scaleX, y1: y1 * scaleY, score: 1 }),
      );
      return (await timings.run('onet', () => score([frame], pictures, [candidates], thresholds[2])))[0]!;
    },
    async warmUp() {
      await refiner.run(1, () => {});
      await scorer.run(1, () => {});
    },
    dispose() {
      for (const { executor } of pyramids.values()) executor.dispose();
      pyramids.clear();
      refiner.dispose();
      scorer.dispose();
    },
  };
  return detector;
}

/** Each list with the number of entries in the lists before it. */
function mapWithFirst<T, R>(lists: readonly T[][], map: (list: T[], first: number) => R): R[] {
  let first = 0;
  return lists.map((list) => {
    const result = map(list, first);
    first += list.length;
    return result;
  });
}

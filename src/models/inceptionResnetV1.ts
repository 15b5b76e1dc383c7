import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';

/** Side of the square input, pixels. */
export const FACENET_SIZE = 160;

const SCOPE = 'InceptionResnetV1';
const EPSILON = 0.001;

type Size = readonly [number, number];
interface Conv {
  readonly name: string;
  readonly kernel: Size;
  readonly out: number;
  readonly stride?: number;
  readonly padding?: 'same';
}
const POOL = { op: 'maxPool', size: 3, stride: 2, padding: 'valid' } as const;

const STEM_A: readonly Conv[] = [
  { name: 'Conv2d_1a_3x3', kernel: [3, 3], out: 32, stride: 2 },
  { name: 'Conv2d_2a_3x3', kernel: [3, 3], out: 32 },
  { name: 'Conv2d_2b_3x3', kernel: [3, 3], out: 64, padding: 'same' },
];
const STEM_B: readonly Conv[] = [
  { name: 'Conv2d_3b_1x1', kernel: [1, 1], out: 80 },
  { name: 'Conv2d_4a_3x3', kernel: [3, 3], out: 192 },
  { name: 'Conv2d_4b_3x3', kernel: [3, 3], out: 256, stride: 2 },
];

const same = (name: string, kernel: Size, out: number): Conv => ({ name, kernel, out, padding: 'same' });
const strided = (out: number): Conv => ({ name: 'Conv2d_1a_3x3', kernel: [3, 3], out, stride: 2 });

const BLOCK35: readonly (readonly Conv[])[] = [
  [same('Conv2d_1x1', [1, 1], 32)],
  [same('Conv2d_0a_1x1', [1, 1], 32), same('Conv2d_0b_3x3', [3, 3], 32)],
  [same('Conv2d_0a_1x1', [1, 1], 32), same('Conv2d_0b_3x3', [3, 3], 32), same('Conv2d_0c_3x3', [3, 3], 32)],
];
const BLOCK17: readonly (readonly Conv[])[] = [
  [same('Conv2d_1x1', [1, 1], 128)],
  [same('Conv2d_0a_1x1', [1, 1], 128), same('Conv2d_0b_1x7', [1, 7], 128), same('Conv2d_0c_7x1', [7, 1], 128)],
];
const BLOCK8: readonly (readonly Conv[])[] = [
  [same('Conv2d_1x1', [1, 1], 192)],
  [same('Conv2d_0a_1x1', [1, 1], 192), same('Conv2d_0b_1x3', [1, 3], 192), same('Conv2d_0c_3x1', [3, 1], 192)],
];
const REDUCTION_A: readonly (readonly Conv[])[] = [
  [strided(384)],
  [same('Conv2d_0a_1x1', [1, 1], 192), same('Conv2d_0b_3x3', [3, 3], 192), strided(256)],
];
const REDUCTION_B: readonly (readonly Conv[])[] = [
  [same('Conv2d_0a_1x1', [1, 1], 256), strided(384)],
  [same('Conv2d_0a_1x1', [1, 1], 256), strided(256)],
  [same('Conv2d_0a_1x1', [1, 1], 256), same('Conv2d_0b_3x3', [3, 3], 256), strided(256)],
];

/** Residual blocks of one kind: `count` of them below `scope`, each adding `scale` times what its branches find. */
const REPEATS = {
  block35: { scope: 'Repeat/block35', count: 5, branches: BLOCK35, out: 256, scale: 0.17 },
  block17: { scope: 'Repeat_1/block17', count: 10, branches: BLOCK17, out: 896, scale: 0.1 },
  block8: { scope: 'Repeat_2/block8', count: 5, branches: BLOCK8, out: 1792, scale: 0.2 },
} as const;

export interface InceptionOptions {
  readonly batch: number;
  /** Length of the embedding; 512 in the published models. */
  readonly embeddingSize?: number;
  /** True: convolutions with a bias, batch norm and residual scale already inside the weights. False: batch norm nodes. */
  readonly folded: boolean;
  /** Ends with the L2 normalisation (default); false ends with the prelogits. */
  readonly normalise?: boolean;
  /** Share of the features kept by dropout before the bottleneck, in training (default 1). */
  readonly keep?: number;
}

/**
 * Inception-ResNet-v1 on [batch, 160, 160, 3]: RGB, (x − 127.5) / 128. Output: the embedding [batch, embeddingSize].
 * Weight names are the original's scopes: `<scope>/weights` and, unfolded, `<scope>/BatchNorm/{beta,moving_mean,
 * moving_variance}`; folded, `<scope>/biases`. Each block's last 1×1 has weights and biases in both forms.
 */
export function inceptionResnetV1(options: InceptionOptions): Graph {
  const { batch, embeddingSize = 512, folded, normalise = true, keep = 1 } = options;
  const g = new GraphBuilder(SCOPE);
  let x = g.input(`${SCOPE}/input`, [batch, FACENET_SIZE, FACENET_SIZE, 3]);
  x = chain(g, SCOPE, x, STEM_A, folded);
  x = g.add(`${SCOPE}/MaxPool_3a_3x3`, x, POOL);
  x = chain(g, SCOPE, x, STEM_B, folded);
  x = repeat(g, x, REPEATS.block35, folded);
  x = reduction(g, `${SCOPE}/Mixed_6a`, x, REDUCTION_A, folded);
  x = repeat(g, x, REPEATS.block17, folded);
  x = reduction(g, `${SCOPE}/Mixed_7a`, x, REDUCTION_B, folded);
  x = repeat(g, x, REPEATS.block8, folded);
  x = residual(g, `${SCOPE}/Block8`, x, { branches: BLOCK8, out: 1792, scale: 1 }, { folded, relu: false });
  x = g.add(`${SCOPE}/AvgPool`, x, { op: 'globalAvgPool' });
  x = g.add(`${SCOPE}/Dropout`, x, { op: 'dropout', keep });
  x = g.dense(`${SCOPE}/Bottleneck`, x, { out: embeddingSize, bias: folded });
  if (!folded) x = batchNorm(g, `${SCOPE}/Bottleneck`, x);
  if (normalise) x = g.add('embeddings', x, { op: 'l2Normalise' });
  return g.graph([x]);
}

/**
 * Names of the nodes at which the network can be cut, from the input on: after the stem, each residual block and each
 * reduction. What lies before a cut can be frozen in training.
 */
export function inceptionCutPoints(): string[] {
  const blocks = ({ scope, count }: { scope: string; count: number }) =>
    Array.from({ length: count }, (_, i) => `${SCOPE}/${scope}_${i + 1}`);
  return [
    `${SCOPE}/Conv2d_4b_3x3/Relu`,
    ...blocks(REPEATS.block35),
    `${SCOPE}/Mixed_6a`,
    ...blocks(REPEATS.block17),
    `${SCOPE}/Mixed_7a`,
    ...blocks(REPEATS.block8),
    `${SCOPE}/Block8`,
  ];
}

function chain(g: GraphBuilder, scope: string, x: string, convs: readonly Conv[], folded: boolean): string {
  let y = x;
  for (const { name, ...table } of convs) {
    const conv = `${scope}/${name}`;
    y = g.conv(conv, y, { ...table, bias: folded });
    if (!folded) y = batchNorm(g, conv, y);
    y = g.add(`${conv}/Relu`, y, { op: 'relu' });
  }
  return y;
}

function batchNorm(g: GraphBuilder, scope: string, x: string): string {
  const name = `${scope}/BatchNorm`;
  return g.add(name, x, {
    op: 'batchNorm',
    mean: `${name}/moving_mean`,
    variance: `${name}/moving_variance`,
    beta: `${name}/beta`,
    epsilon: EPSILON,
  });
}

interface ResidualTable {
  readonly branches: readonly (readonly Conv[])[];
  readonly out: number;
  readonly scale: number;
}

function repeat(g: GraphBuilder, x: string, table: (typeof REPEATS)[keyof typeof REPEATS], folded: boolean): string {
  let y = x;
  for (let i = 1; i <= table.count; i++)
    y = residual(g, `${SCOPE}/${table.scope}_${i}`, y, table, { folded, relu: true });
  return y;
}

function residual(
  g: GraphBuilder,
  name: string,
  x: string,
  { branches, out, scale }: ResidualTable,
  { folded, relu }: { readonly folded: boolean; readonly relu: boolean },
): string {
  let up = g.add(`${name}/concat`, branchesOf(g, name, x, branches, folded), { op: 'concat' });
  up = g.conv(`${name}/Conv2d_1x1`, up, { kernel: [1, 1], out });
  if (!folded && scale !== 1) up = g.add(`${name}/scale`, up, { op: 'multiply', value: scale });
  const sum = g.add(relu ? `${name}/add` : name, [x, up], { op: 'add' });
  return relu ? g.add(name, sum, { op: 'relu' }) : sum;
}

function reduction(
  g: GraphBuilder,
  name: string,
  x: string,
  branches: readonly (readonly Conv[])[],
  folded: boolean,
): string {
  const outs = branchesOf(g, name, x, branches, folded);
  const pooled = g.add(`${name}/Branch_${branches.length}/MaxPool_1a_3x3`, x, POOL);
  return g.add(name, [...outs, pooled], { op: 'concat' });
}

function branchesOf(
  g: GraphBuilder,
  name: string,
  x: string,
  branches: readonly (readonly Conv[])[],
  folded: boolean,
): string[] {
  return branches.map((convs, i) => chain(g, `${name}/Branch_${i}`, x, convs, folded));
}

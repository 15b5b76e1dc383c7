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
  block35: { scope: 'Repeat/block35', count: 5, branches: BLOCK35, scale: 0.17 },
  block17: { scope: 'Repeat_1/block17', count: 10, branches: BLOCK17, scale: 0.1 },
  block8: { scope: 'Repeat_2/block8', count: 5, branches: BLOCK8, scale: 0.2 },
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
  /** Every convolution's channels times this, rounded (default 1): a smaller network of the same shape. */
  readonly width?: number;
  /** Side of the square input, pixels, 75 at least (default 160). */
  readonly size?: number;
}

/** How the parts are built. */
interface Form {
  readonly folded: boolean;
  readonly width: number;
}
const channels = (out: number, { width }: Form): number => Math.max(1, Math.round(out * width));

/**
 * Inception-ResNet-v1 on [batch, 160, 160, 3]: RGB, (x − 127.5) / 128. Output: the embedding [batch, embeddingSize].
 * Weight names are the original's scopes: `<scope>/weights` and, unfolded, `<scope>/BatchNorm/{beta,moving_mean,
 * moving_variance}`; folded, `<scope>/biases`. Each block's last 1×1 has weights and biases in both forms.
 */
export function inceptionResnetV1(options: InceptionOptions): Graph {
  const { batch, embeddingSize = 512, folded, normalise = true, keep = 1, width = 1, size = FACENET_SIZE } = options;
  const form: Form = { folded, width };
  const g = new GraphBuilder(SCOPE);
  let x = g.input(`${SCOPE}/input`, [batch, size, size, 3]);
  x = chain(g, SCOPE, x, STEM_A, form);
  x = g.add(`${SCOPE}/MaxPool_3a_3x3`, x, POOL);
  x = chain(g, SCOPE, x, STEM_B, form);
  let out = channels(STEM_B.at(-1)!.out, form);
  x = repeat(g, x, { ...REPEATS.block35, out }, form);
  x = reduction(g, `${SCOPE}/Mixed_6a`, x, REDUCTION_A, form);
  out += added(REDUCTION_A, form);
  x = repeat(g, x, { ...REPEATS.block17, out }, form);
  x = reduction(g, `${SCOPE}/Mixed_7a`, x, REDUCTION_B, form);
  out += added(REDUCTION_B, form);
  x = repeat(g, x, { ...REPEATS.block8, out }, form);
  x = residual(g, `${SCOPE}/Block8`, x, { branches: BLOCK8, out, scale: 1, relu: false }, form);
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

function chain(g: GraphBuilder, scope: string, x: string, convs: readonly Conv[], form: Form): string {
  let y = x;
  for (const { name, ...table } of convs) {
    const conv = `${scope}/${name}`;
    y = g.conv(conv, y, { ...table, out: channels(table.out, form), bias: form.folded });
    if (!form.folded) y = batchNorm(g, conv, y);
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
  /** Channels, those of the input. */
  readonly out: number;
  readonly scale: number;
  /** Default true. */
  readonly relu?: boolean;
}
type Repeat = ResidualTable & (typeof REPEATS)[keyof typeof REPEATS];

function repeat(g: GraphBuilder, x: string, table: Repeat, form: Form): string {
  let y = x;
  for (let i = 1; i <= table.count; i++) y = residual(g, `${SCOPE}/${table.scope}_${i}`, y, table, form);
  return y;
}

function residual(
  g: GraphBuilder,
  name: string,
  x: string,
  { branches, out, scale, relu = true }: ResidualTable,
  form: Form,
): string {
  let up = g.add(`${name}/concat`, branchesOf(g, name, x, branches, form), { op: 'concat' });
  up = g.conv(`${name}/Conv2d_1x1`, up, { kernel: [1, 1], out });
  if (!form.folded && scale !== 1) up = g.add(`${name}/scale`, up, { op: 'multiply', value: scale });
  const sum = g.add(relu ? `${name}/add` : name, [x, up], { op: 'add' });
  return relu ? g.add(name, sum, { op: 'relu' }) : sum;
}

function reduction(
  g: GraphBuilder,
  name: string,
  x: string,
  branches: readonly (readonly Conv[])[],
  form: Form,
): string {
  const outs = branchesOf(g, name, x, branches, form);
  const pooled = g.add(`${name}/Branch_${branches.length}/MaxPool_1a_3x3`, x, POOL);
  return g.add(name, [...outs, pooled], { op: 'concat' });
}

/** Channels that a reduction's branches add to those of its input. */
function added(branches: readonly (readonly Conv[])[], form: Form): number {
  return branches.reduce((sum, convs) => sum + channels(convs.at(-1)!.out, form), 0);
}

function branchesOf(
  g: GraphBuilder,
  name: string,
  x: string,
  branches: readonly (readonly Conv[])[],
  form: Form,
): string[] {
  return branches.map((convs, i) => chain(g, `${name}/Branch_${i}`, x, convs, form));
}

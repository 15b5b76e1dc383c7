import { badValue } from '../core/errors';
import { RandomStream } from '../core/random';
import type { Weights, WeightTensor } from '../core/weights';
import { FACENET_SIZE, inceptionCutPoints, inceptionResnetV1 } from '../models/inceptionResnetV1';
import { cutGraph } from '../nn/cut';
import type { Graph, Node } from '../nn/graph';
import { checkWeights, inferShapes, weightShapes } from '../nn/shapes';
import type { TrainConfig } from './config/config';
import { growHead } from './head';
import { firstWeights, headShapes, type TrainModel } from './state';

/** A network to train: pictures in, prelogits out, and where it may be cut. */
export interface Base {
  readonly graph: Graph;
  readonly weights: Weights;
  readonly cuts: readonly string[];
  readonly folded: boolean;
  /** The people of the head in `weights`, by row, if there is one. */
  readonly people?: readonly string[];
}

/**
 * The trained part. `head`: only the classifier, on the network's embeddings (of length 1), its rows initialised to ten times
 * their person's mean embedding. `last-blocks`: the last two residual blocks, the bottleneck and the head. `after`:
 * everything after that cut (one of `cuts`).
 */
export type Trainable = 'head' | 'last-blocks' | 'all' | { readonly after: string };

/** A prepared run: its frozen part, its trained part, and its first weights. */
export interface Plan {
  readonly config: TrainConfig;
  /** The whole network with its prelogits as output. */
  readonly graph: Graph;
  readonly inputSize: number;
  /** The frozen part; null when everything is trained. */
  readonly backbone: Graph | null;
  /** The trained part and the head. */
  readonly model: TrainModel;
  /** The whole network's weights, and the head's where it continues from one. */
  readonly weights: Weights;
  readonly folded: boolean;
  /** Only the head is trained, on the network's embeddings (of length 1) instead of its prelogits. */
  readonly headOnly: boolean;
  /** Classes without a row in the head. */
  readonly newClasses: readonly number[];
}

const SCOPE = 'InceptionResnetV1';
const LAST_BLOCKS = `${SCOPE}/Repeat_2/block8_4`;

/** Inception-ResNet-v1 with new weights and live batch norm: a run from scratch. */
export function scratchBase(config: TrainConfig, options: { readonly width?: number; readonly size?: number }): Base {
  const { width = 1, size = FACENET_SIZE } = options;
  const { embeddingSize, keep } = config;
  const graph = inceptionResnetV1({ batch: 1, folded: false, normalise: false, embeddingSize, keep, width, size });
  // Its own stream, so that the head does not depend on the network's size.
  const weights = firstWeights(graph, new RandomStream((config.seed ^ NETWORK_STREAM) >>> 0).next);
  return { graph, weights, cuts: inceptionCutPoints(), folded: false };
}
const NETWORK_STREAM = 0x0e707c3b;

/**
 * Inception-ResNet-v1 with weights of its own, folded or with live batch norm, of whatever width they are; `size` is the
 * side of its input. Where the configuration has another embedding size than theirs, the bottleneck is new.
 * Throws `weights/missing-tensor`, `weights/shape-mismatch`.
 */
export function weightsBase(
  config: TrainConfig,
  given: Weights,
  { size = FACENET_SIZE, people }: { readonly size?: number; readonly people?: readonly string[] | undefined },
): Base {
  const { embeddingSize, keep } = config;
  const folded = given.has(`${SCOPE}/Bottleneck/biases`);
  const widest = given.get(`${SCOPE}/Mixed_6a/Branch_0/Conv2d_1a_3x3/weights`);
  const width = widest ? widest.shape[0]! / 384 : 1;
  const graph = inceptionResnetV1({ batch: 1, folded, normalise: false, embeddingSize, keep, width, size });
  const fresh = firstWeights(graph, new RandomStream((config.seed ^ NETWORK_STREAM) >>> 0).next);
  const weights = new Map<string, WeightTensor>(given);
  const sameSize = given.get(`${SCOPE}/Bottleneck/weights`)?.shape[0] === embeddingSize;
  for (const [name, tensor] of fresh)
    if (!sameSize && name.startsWith(`${SCOPE}/Bottleneck/`)) weights.set(name, tensor);
  checkWeights(graph, weights);
  return { graph, weights, cuts: inceptionCutPoints(), folded, ...(people && sameSize && { people }) };
}

/** The embedding size of weights of Inception-ResNet-v1. */
export function embeddingSizeOf(weights: Weights): number | null {
  return weights.get(`${SCOPE}/Bottleneck/weights`)?.shape[0] ?? null;
}

/**
 * Divides a network into its frozen and its trained part. `people` by class number. Throws `config/bad-value` for an unknown
 * cut, a frozen bottleneck of another size, and triplets with nothing to train.
 */
export function planRun(base: Base, config: TrainConfig, trainable: Trainable, people: readonly string[]): Plan {
  const { graph } = base;
  const [output] = graph.outputs as [string];
  const shapes = inferShapes(graph);
  const inputSize = graph.nodes.find((node) => node.op === 'input')!.shape[1]!;
  const embeddingSize = shapes.get(output)!.at(-1)!;
  if (embeddingSize !== config.embeddingSize)
    throw badValue('embeddingSize', String(config.embeddingSize), `the network gives ${embeddingSize} numbers`);
  const at = cutOf(base, trainable, output);
  if (at === output && config.loss === 'triplet')
    throw badValue('trainable', 'head', 'triplets have no head: choose last-blocks or all');
  const parts = at === null ? { before: null, after: graph } : at === output ? headOnly(graph) : cutGraph(graph, at);
  const learning = parts.after;
  const statistics = new Set(
    learning.nodes.flatMap((node) => (node.op === 'batchNorm' ? [node.mean, node.variance] : [])),
  );
  const head = headShapes({ classes: people.length }, config).map(([name]) => name);
  const names = [...weightShapes(learning).keys()].filter((name) => !statistics.has(name));
  const needed = [...weightShapes(graph).keys()].map((name) => [name, base.weights.get(name)!] as const);
  const kept = base.people ? growHead(base.weights, base.people, people, config.seed) : new Map<string, WeightTensor>();
  const known = new Set(kept.size > 0 ? base.people : []);
  return {
    config,
    graph,
    inputSize,
    backbone: parts.before,
    model: { graph: learning, classes: people.length, trainable: [...names, ...head] },
    weights: new Map([...needed, ...[...kept].filter(([name]) => head.includes(name))]),
    folded: base.folded,
    headOnly: at === output,
    newClasses: people.flatMap((name, row) => (known.has(name) ? [] : [row])),
  };
}

/** The first weights of the trained part. */
export function learningWeights({ model, weights }: Plan): Weights {
  const wanted = new Set([...weightShapes(model.graph).keys(), ...model.trainable]);
  return new Map([...weights].filter(([name]) => wanted.has(name)));
}

function cutOf({ cuts }: Base, trainable: Trainable, output: string): string | null {
  if (trainable === 'all') return null;
  if (trainable === 'head') return output;
  const at = trainable === 'last-blocks' ? (cuts.includes(LAST_BLOCKS) ? LAST_BLOCKS : cuts.at(-1)) : trainable.after;
  if (at === undefined || !cuts.includes(at))
    throw badValue('trainable', at ?? 'last-blocks', `it must be one of ${cuts.join(', ')}`);
  return at;
}

/** Everything is frozen except the head on the network's embeddings. */
function headOnly(graph: Graph): { before: Graph; after: Graph } {
  const [output] = graph.outputs as [string];
  const name = `${output}/normalised`;
  const normalise: Node = { op: 'l2Normalise', name, inputs: [output] };
  const shape = inferShapes(graph).get(output)!;
  return {
    before: { ...graph, nodes: [...graph.nodes, normalise], outputs: [name] },
    after: { ...graph, nodes: [{ op: 'input', shape, name, inputs: [] }], outputs: [name] },
  };
}

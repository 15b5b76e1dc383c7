import type { WeightTensor, Weights } from '../core/weights';
import type { Graph, Node, Op } from './graph';
import { joinLayers } from './joinLayers';
import { inferShapes } from './shapes';

/** XNNPACK's WASM kernels compute this many output channels at a time. */
const TILE = 8;

/**
 * The channels of a value: channel c of the original graph is at `places[c]` of `size` channels. All other places are exactly
 * zero.
 */
interface Layout {
  readonly size: number;
  readonly places: readonly number[];
}

type Layer = Extract<Node, { op: 'conv2d' | 'dense' }>;

/**
 * Operations on each channel by itself that keep a channel of zeros zero, and whose results do not depend on channels of
 * zeros.
 */
const PASSES_ANY_LAYOUT: ReadonlySet<Op['op']> = new Set([
  'depthwiseConv2d',
  'batchNorm',
  'scaleOffset',
  'relu',
  'prelu',
  'multiply',
  'maxPool',
  'avgPool',
  'globalAvgPool',
  'resize',
  'dropout',
  'l2Normalise',
]);

/** What XNNPACK's kernels want of a folded graph: `joinLayers`, then `padChannels`. */
export function fillTiles(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  const joint = joinLayers(graph, weights, TILE);
  return padChannels(joint.graph, joint.weights);
}

/**
 * The same network with the outputs of every convolution and dense layer padded to a multiple of eight by channels of zero
 * weights and zero bias; slopes and the next layers' kernels likewise. The added channels are cut off at outputs and before
 * operations that they would affect. Outputs are the same numbers.
 *
 * Why: XNNPACK packs kernels in tiles of eight output channels and computes with uninitialised lanes beyond the last one. Those
 * are often denormal, which a processor handles a hundred times more slowly: docs/decisions/channel-padding.md.
 *
 * Expects a folded graph with its weights (`fold`). Throws `nn/bad-graph` as `inferShapes`.
 */
export function padChannels(graph: Graph, weights: Weights): { graph: Graph; weights: Weights } {
  return new Padding(graph, weights).result();
}

class Padding {
  private readonly shapes: Map<string, number[]>;
  /** Values whose readers all accept channels of zeros, directly or through operations that keep them. */
  private readonly absorbed: Set<string>;
  private readonly layouts = new Map<string, Layout>();
  private readonly nodes: Node[] = [];
  private readonly padded = new Map<string, WeightTensor>();

  constructor(
    private readonly graph: Graph,
    private readonly weights: Weights,
  ) {
    this.shapes = inferShapes(graph);
    this.absorbed = absorbedValues(graph);
  }

  result(): { graph: Graph; weights: Weights } {
    for (const node of this.graph.nodes) this.add(node);
    const outputs = this.graph.outputs.map((name) => this.cut(name));
    return { graph: { name: this.graph.name, nodes: this.nodes, outputs }, weights: this.padded };
  }

  private add(node: Node): void {
    if (node.op === 'slice') {
      this.addSlice(node);
      return;
    }
    const keep = PASSES_ANY_LAYOUT.has(node.op) || node.op === 'conv2d' || node.op === 'dense';
    const inputs = keep || this.passesOn(node) ? node.inputs : node.inputs.map((name) => this.cut(name));
    const layouts = inputs.map((name) => this.layouts.get(name)!);
    if (node.op === 'conv2d' || node.op === 'dense') this.addLayer(node, layouts[0]!);
    else {
      this.nodes.push({ ...this.withPerChannelWeights(node, layouts[0]), inputs });
      this.layouts.set(node.name, this.layoutOf(node, layouts));
    }
  }

  /** Whether an operation that moves channels may move padded ones. */
  private passesOn(node: Node): boolean {
    if (node.op === 'concat' || node.op === 'flatten') return this.absorbed.has(node.name);
    if (node.op !== 'add') return false;
    const [first, ...others] = node.inputs.map((name) => this.layouts.get(name)!);
    return others.every((layout) => isSame(layout, first!));
  }

  private layoutOf(node: Node, inputs: readonly Layout[]): Layout {
    const channels = this.shapes.get(node.name)!.at(-1)!;
    if (node.op === 'flatten') return flattened(inputs[0]!, channels);
    if (node.op === 'concat') return joined(inputs);
    return inputs.length > 0 && isPadded(inputs[0]!) ? inputs[0]! : plain(channels);
  }

  /** A slice takes its channels from their places; if those are not adjacent, the padding is cut off first. */
  private addSlice(node: Extract<Node, { op: 'slice' }>): void {
    const { places } = this.layouts.get(node.inputs[0]!)!;
    const wanted = runsOf(places.slice(node.begin, node.begin + node.channels));
    const together = wanted.length === 1;
    const place = together ? { begin: wanted[0]!.begin } : { inputs: node.inputs.map((name) => this.cut(name)) };
    this.nodes.push({ ...node, ...place });
    this.layouts.set(node.name, plain(node.channels));
  }

  private addLayer(node: Layer, input: Layout): void {
    const size = Math.ceil(node.out / TILE) * TILE;
    const output = { size, places: plain(node.out).places };
    const names = { weights: this.kernel(node.weights, output, input) };
    const bias = node.bias === undefined ? {} : { bias: this.vector(node.bias, output, 0) };
    this.nodes.push({ ...node, ...names, ...bias, out: size });
    this.layouts.set(node.name, output);
  }

  /** A kernel or matrix [out, …, in] with its numbers at their places. */
  private kernel(name: string, output: Layout, input: Layout): string {
    return this.once(name, [output, input], (tensor) => {
      const outs = output.places.length;
      const ins = input.places.length;
      const rows = tensor.data.length / outs / ins;
      const shape = [output.size, ...tensor.shape.slice(1, -1), input.size];
      const length = output.size * rows * input.size;
      const spread = <T extends Float32Array | Uint16Array | Int8Array>(from: T, to: T): T => {
        for (let row = 0; row < outs * rows; row++)
          for (let c = 0; c < ins; c++) to[row * input.size + input.places[c]!] = from[row * ins + c]!;
        return to;
      };
      if (tensor.dtype === 'float32') return { ...tensor, shape, data: spread(tensor.data, new Float32Array(length)) };
      if (tensor.dtype === 'float16') return { ...tensor, shape, data: spread(tensor.data, new Uint16Array(length)) };
      const scale = new Float32Array(output.size).fill(1);
      scale.set(tensor.scale);
      return { ...tensor, shape, data: spread(tensor.data, new Int8Array(length)), scale };
    });
  }

  /** One number a channel, or one window a channel, `filler` in the added places. */
  private vector(name: string, layout: Layout, filler: 0 | 1): string {
    return this.once(name, [layout], (tensor) => {
      const shape = [layout.size, ...tensor.shape.slice(1)];
      const each = tensor.data.length / layout.places.length;
      const place = <T extends Float32Array | Uint16Array | Int8Array>(from: T, to: T): T => {
        layout.places.forEach((at, c) => to.set(from.subarray(c * each, (c + 1) * each), at * each));
        return to;
      };
      const length = layout.size * each;
      if (tensor.dtype === 'float16')
        return { ...tensor, shape, data: place(tensor.data, new Uint16Array(length).fill(filler && 0x3c00)) };
      if (tensor.dtype === 'float32')
        return { ...tensor, shape, data: place(tensor.data, new Float32Array(length).fill(filler)) };
      const scale = new Float32Array(layout.size).fill(1);
      layout.places.forEach((at, c) => (scale[at] = tensor.scale[c]!));
      return { ...tensor, shape, data: place(tensor.data, new Int8Array(length).fill(filler)), scale };
    });
  }

  private withPerChannelWeights(node: Node, layout: Layout | undefined): Node {
    if (!layout) return node;
    const zeros = (name: string) => this.vector(name, layout, 0);
    switch (node.op) {
      case 'depthwiseConv2d':
        return { ...node, weights: zeros(node.weights), ...(node.bias !== undefined && { bias: zeros(node.bias) }) };
      case 'prelu':
        return { ...node, alpha: zeros(node.alpha) };
      case 'scaleOffset':
        return { ...node, scale: zeros(node.scale), offset: zeros(node.offset) };
      case 'batchNorm':
        return {
          ...node,
          mean: zeros(node.mean),
          variance: this.vector(node.variance, layout, 1),
          beta: zeros(node.beta),
        };
      default:
        return node;
    }
  }

  /** Name of the padded weights; those that need no padding keep their name and their array. */
  private once(name: string, layouts: readonly Layout[], make: (tensor: WeightTensor) => WeightTensor): string {
    const tensor = this.weights.get(name)!;
    const changes = layouts.some(isPadded);
    const key = changes ? [name, ...layouts.map(layoutKey)].join(' ') : name;
    if (!this.padded.has(key)) this.padded.set(key, changes ? make(tensor) : tensor);
    return key;
  }

  /** The value without added channels: itself, or a node that cuts them off. */
  private cut(name: string): string {
    const layout = this.layouts.get(name)!;
    if (!isPadded(layout)) return name;
    const cutName = `${name}/cut`;
    if (this.layouts.has(cutName)) return cutName;
    const runs = runsOf(layout.places);
    const slice = (at: string, { begin, channels }: Run) =>
      this.nodes.push({ op: 'slice', name: at, inputs: [name], begin, channels });
    if (runs.length === 1) slice(cutName, runs[0]!);
    else {
      const parts = runs.map((run) => (slice(`${cutName}/${run.begin}`, run), `${cutName}/${run.begin}`));
      this.nodes.push({ op: 'concat', name: cutName, inputs: parts });
    }
    this.layouts.set(cutName, plain(layout.places.length));
    return cutName;
  }
}

/** Values whose added channels are never cut off, found backwards from each layer. */
function absorbedValues(graph: Graph): Set<string> {
  const readers = new Map<string, Node[]>(graph.nodes.map(({ name }) => [name, []]));
  for (const node of graph.nodes) for (const name of node.inputs) readers.get(name)!.push(node);
  const outputs = new Set(graph.outputs);
  const absorbed = new Set<string>();
  for (const { name } of graph.nodes.toReversed()) {
    const takesZeros = (reader: Node) =>
      reader.op === 'conv2d' ||
      reader.op === 'dense' ||
      ((PASSES_ANY_LAYOUT.has(reader.op) || reader.op === 'concat' || reader.op === 'flatten') &&
        absorbed.has(reader.name));
    if (!outputs.has(name) && readers.get(name)!.every(takesZeros)) absorbed.add(name);
  }
  return absorbed;
}

function plain(channels: number): Layout {
  return { size: channels, places: Array.from({ length: channels }, (_, c) => c) };
}

function isPadded({ size, places }: Layout): boolean {
  return size !== places.length;
}

function isSame(a: Layout, b: Layout): boolean {
  return (
    a.size === b.size && a.places.length === b.places.length && a.places.every((place, c) => place === b.places[c])
  );
}

function layoutKey({ size, places }: Layout): string {
  const runs = runsOf(places).map(({ begin, channels }) => `${begin}+${channels}`);
  return `${runs.join(',')}/${size}`;
}

function joined(layouts: readonly Layout[]): Layout {
  let size = 0;
  const places: number[] = [];
  for (const layout of layouts) {
    for (const place of layout.places) places.push(size + place);
    size += layout.size;
  }
  return { size, places };
}

/** The layout of all pixels' channels in a row, `features` of them without the added ones. */
function flattened({ size, places }: Layout, features: number): Layout {
  const pixels = features / places.length;
  return joined(Array.from({ length: pixels }, () => ({ size, places })));
}

interface Run {
  readonly begin: number;
  readonly channels: number;
}

/** Places that follow one another, taken together. */
function runsOf(places: readonly number[]): Run[] {
  const runs: { begin: number; channels: number }[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last && last.begin + last.channels === place) last.channels++;
    else runs.push({ begin: place, channels: 1 });
  }
  return runs;
}

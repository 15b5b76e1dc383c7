import { FaceError } from '../../../src/core/errors';
import { cosine } from '../../../src/core/vectors';
import type { Precision } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import { FACENET_SIZE, inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import { mobileFaceNet } from '../../../src/models/mobileFaceNet';
import type { Engine } from '../../../src/nn/executor';
import type { Graph } from '../../../src/nn/graph';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { loadWeights } from '../../../src/weights/load';
import type { EmbedderRow } from '../../../src/weights/modelRow';
import { MOBILE_FACE_NET, FACENET } from '../../../src/weights/registry';
import { serve } from '../../../workers/rpc';
import { channelsFirst, graphToOnnx } from '../onnx';
import type { NetworkOps } from './networkOps';
import { loadOnnx } from './onnxruntime';

/** A network of one batch size, ready to run: `faces` in the layout that it wants, embeddings out, rows first. */
interface Network {
  readonly batch: number;
  readonly run: (faces: Float32Array) => Promise<Float32Array>;
  readonly layout?: (faces: Float32Array) => Float32Array;
}
interface Faces {
  /** [n, size, size, 3], standardised. */
  readonly values: Float32Array;
  /** Numbers a face. */
  readonly length: number;
}

const BATCHES = [1, 8] as const;
/** The least cosine to the reference on any of the faces. */
const LEAST_COSINE = { float32: 0.9999, float16: 0.9999, int8: 0.99 } as const;

/** Those that passed their check, each with the batch that it is timed on. */
const ready = new Map<string, Network & { readonly input: Float32Array }>();

serve<NetworkOps>(self, {
  prepare: async ({ threads, facenetFaces, embeddedFaces }) => {
    const litert = await createLiteRtEngine({ backend: 'wasm', threads });
    const tfjs = await createTfjsEngine({ backend: 'wasm' });
    const notes = [
      ...(await unlessAbsent('FaceNet', () => prepareFaceNet(facenetFaces, litert, tfjs))),
      ...(await unlessAbsent('The embedded network', () => prepareEmbedded(embeddedFaces, litert, tfjs))),
    ];
    return { rows: [...ready].map(([name, { batch }]) => ({ name, batch })), notes };
  },
  run: async ({ name }) => {
    const { run, input } = ready.get(name)!;
    const start = performance.now();
    await run(input);
    return performance.now() - start;
  },
});

/** A network whose files are missing is reported and not timed. */
async function unlessAbsent(what: string, prepare: () => Promise<string[]>): Promise<string[]> {
  try {
    return await prepare();
  } catch (thrown) {
    if (!(thrown instanceof FaceError) || thrown.code !== 'weights/not-found') throw thrown;
    return [`${what} was not timed: ${thrown.message}`];
  }
}

/** FaceNet in our engines and in onnxruntime-web, which has the same weights and is what they are checked against. */
async function prepareFaceNet(pixels: Float32Array, litert: Engine, tfjs: Engine): Promise<string[]> {
  const weights = { float32: await load(FACENET, 'float32'), int8: await load(FACENET, 'int8') };
  const graph = (batch: number) => inceptionResnetV1({ batch, folded: true });
  const faces = standardised(pixels, FACENET);
  const peers = new Map<number, Network>();
  for (const batch of BATCHES) peers.set(batch, await onnx(graph(batch), weights.float32, batch, litert.threads));
  const reference = await embedAll(peers.get(1)!, faces);
  const notes: string[] = [];
  for (const precision of ['float32', 'int8'] as const)
    for (const batch of BATCHES) {
      const network = await ours(litert, graph(batch), weights[precision], batch);
      notes.push(await admit(`network.${precision}.b${batch}`, network, faces, reference, precision));
    }
  const slow = await ours(tfjs, graph(1), weights.float32, 1);
  notes.push(await admit('network.tfjs.b1', slow, faces, reference, 'float32'));
  for (const [batch, peer] of peers)
    notes.push(await admit(`peer.onnxruntime.b${batch}`, peer, faces, reference, 'float32'));
  return notes;
}

/** The embedded network as the app runs it on WASM, checked against its finest file on tfjs. */
async function prepareEmbedded(pixels: Float32Array, litert: Engine, tfjs: Engine): Promise<string[]> {
  const weights = await load(MOBILE_FACE_NET, 'int8');
  const faces = standardised(pixels, MOBILE_FACE_NET);
  const fine = await ours(tfjs, mobileFaceNet({ batch: 1 }), await load(MOBILE_FACE_NET, 'float16'), 1);
  const reference = await embedAll(fine, faces);
  const notes: string[] = [];
  for (const batch of BATCHES) {
    const network = await ours(litert, mobileFaceNet({ batch }), weights, batch);
    notes.push(await admit(`network.embedded.b${batch}`, network, faces, reference, 'int8'));
  }
  return notes;
}

function load(row: EmbedderRow, precision: Precision): Promise<Weights> {
  return loadWeights(row, precision, { modelsUrl: new URL('/models/', location.href).href });
}

function standardised(pixels: Float32Array, { inputSize, standardisation }: EmbedderRow): Faces {
  const { mean, divisor } = standardisation;
  return { values: pixels.map((value, i) => (value - mean[i % 3]!) / divisor), length: inputSize ** 2 * 3 };
}

async function ours(engine: Engine, graph: Graph, weights: Weights, batch: number): Promise<Network> {
  const executor = await engine.prepare(graph, weights);
  return { batch, run: async (faces) => (await executor.run([faces]))[0]! };
}

async function onnx(graph: Graph, weights: Weights, batch: number, threads: number): Promise<Network> {
  const peer = await loadOnnx(graphToOnnx(graph, weights), threads);
  const shape = [batch, 3, FACENET_SIZE, FACENET_SIZE];
  return {
    batch,
    run: (faces) => peer.run(faces, shape),
    layout: (faces) => channelsFirst(faces, batch, FACENET_SIZE ** 2, 3),
  };
}

/** Makes the network one that may be timed when its embeddings are the reference's; the sentence says which it was. */
async function admit(
  name: string,
  network: Network,
  faces: Faces,
  reference: readonly Float32Array[],
  precision: Precision,
): Promise<string> {
  const found = await embedAll(network, faces);
  const least = Math.min(...found.map((embedding, i) => cosine(embedding, reference[i]!)));
  const fine = least >= LEAST_COSINE[precision];
  if (fine) ready.set(name, { ...network, input: batchOf(network, faces, 0) });
  return `${name}${fine ? '' : ' was not timed'}: cosine to the reference at least ${least.toFixed(6)}`;
}

/** Each face's embedding; the last batch is filled up with the first faces. */
async function embedAll(network: Network, faces: Faces): Promise<Float32Array[]> {
  const count = faces.values.length / faces.length;
  const embeddings: Float32Array[] = [];
  for (let first = 0; first < count; first += network.batch) {
    const rows = await network.run(batchOf(network, faces, first));
    const length = rows.length / network.batch;
    for (let i = 0; i < network.batch && first + i < count; i++)
      embeddings.push(rows.slice(i * length, (i + 1) * length));
  }
  return embeddings;
}

function batchOf({ batch, layout }: Network, { values, length }: Faces, first: number): Float32Array {
  const count = values.length / length;
  const input = new Float32Array(batch * length);
  for (let i = 0; i < batch; i++) {
    const face = (first + i) % count;
    input.set(values.subarray(face * length, (face + 1) * length), i * length);
  }
  return layout ? layout(input) : input;
}

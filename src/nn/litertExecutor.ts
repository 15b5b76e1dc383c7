import { FaceError } from '../core/errors';
import type { BackendName } from '../core/types';
import type { Executor } from './executor';
import type { Graph } from './graph';
import type { Gpu } from './litertGpu';
import type { LiteRtModule, LoadedLiteRt } from './litertLoader';
import { inferShapes } from './shapes';

type Environment = ReturnType<LiteRtModule['LiteRtEnvironment']['create']>;
type Model = ReturnType<LiteRtModule['loadModel']>;
type CompiledModel = Awaited<ReturnType<LiteRtModule['compileModel']>>;
type TensorBuffer = ReturnType<LiteRtModule['LiteRtTensorBuffer']['createManaged']>;

/** What the executors of one engine share. */
export interface LiteRtSession extends LoadedLiteRt {
  readonly environment: Environment;
  readonly backend: BackendName;
  readonly gpu: Gpu | null;
  readonly executors: Set<LiteRtExecutor>;
}

/** An input's memory in WASM or on the GPU, allocated once and refilled for each run. */
interface InputSlot {
  readonly tensor: TensorBuffer;
  write(values: Float32Array): void;
  free(): void;
}

/** A network compiled by LiteRT.js. Its inputs' memory serves one call at a time: a second one is refused (`internal`). */
export class LiteRtExecutor implements Executor {
  readonly engine = 'litert';
  readonly backend: BackendName;
  readonly adapter: string | null;
  private busy = false;
  private disposed = false;

  private constructor(
    private readonly session: LiteRtSession,
    private readonly graphName: string,
    readonly inputShapes: readonly (readonly number[])[],
    readonly outputShapes: readonly (readonly number[])[],
    private readonly compiled: CompiledModel,
    private readonly inputs: readonly InputSlot[],
    private readonly free: () => void,
  ) {
    this.backend = session.backend;
    this.adapter = session.gpu?.name ?? null;
    session.executors.add(this);
  }

  /** `bytes` is the graph as a `.tflite` file. Throws `nn/unsupported-op` where the backend cannot run all of it. */
  static async compile(
    session: LiteRtSession,
    graph: Graph,
    bytes: Uint8Array,
    numThreads: number,
  ): Promise<LiteRtExecutor> {
    const { module, environment, gpu, threads } = session;
    const pointer = module._malloc(bytes.byteLength);
    if (pointer === 0) throw new FaceError('internal', { reason: `no memory for the network ${graph.name}` });
    module.HEAPU8.set(bytes, pointer);
    let model: Model | undefined;
    let compiled: CompiledModel | undefined;
    const free = () => {
      compiled?.delete();
      model?.delete();
      module._free(pointer);
    };
    try {
      const loaded = module.loadModel(environment, pointer, bytes.byteLength);
      model = loaded;
      const options = {
        environment,
        accelerator: session.backend,
        cpuOptions: { numThreads },
        // Half-precision sums would cost more accuracy than float16 weights.
        gpuOptions: { precision: 'fp32' },
        webNNOptions: {},
      } as const;
      const compiling = threads.running(() => module.compileModel(environment, loaded, options));
      compiled = await (gpu ? gpu.guard(compiling) : compiling);
      if (gpu && !compiled.isFullyAccelerated())
        throw new FaceError('nn/unsupported-op', { engine: 'litert', op: `some of ${graph.name} on WebGPU` });
      const shapes = inferShapes(graph);
      const inputShapes = graph.nodes.filter((node) => node.op === 'input').map((node) => shapes.get(node.name)!);
      const outputShapes = graph.outputs.map((name) => shapes.get(name)!);
      const inputs = inputShapes.map((shape) => (gpu ? gpuSlot(session, gpu, shape) : heapSlot(session, shape)));
      return new LiteRtExecutor(session, graph.name, inputShapes, outputShapes, compiled, inputs, free);
    } catch (error) {
      free();
      throw error;
    }
  }

  /** LiteRT tensors that live between calls. */
  get tensors(): number {
    return this.inputs.length;
  }

  async run(inputs: readonly Float32Array[]): Promise<Float32Array[]> {
    if (this.busy) throw new FaceError('internal', { reason: `${this.graphName} was called while it runs` });
    const { gpu } = this.session;
    this.busy = true;
    try {
      return await (gpu ? gpu.guard(this.runNow(inputs)) : this.runNow(inputs));
    } finally {
      this.busy = false;
    }
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.session.executors.delete(this);
    for (const input of this.inputs) input.free();
    this.free();
    if (this.session.gpu) destroyReleased(this.session.module, this.session.gpu);
  }

  private async runNow(values: readonly Float32Array[]): Promise<Float32Array[]> {
    if (this.disposed) throw new FaceError('internal', { reason: `${this.graphName} was used after it was freed` });
    this.inputShapes.forEach((shape, i) => {
      const [got, expected] = [values[i]?.length ?? 0, size(shape)];
      if (got !== expected) throw new FaceError('nn/bad-input', { graph: this.graphName, got, expected });
      this.inputs[i]!.write(values[i]!);
    });
    const outputs = await this.compiled.run(
      0,
      this.inputs.map((input) => input.tensor),
    );
    try {
      const { gpu } = this.session;
      return await Promise.all(
        outputs.map(async (output, i) =>
          gpu
            ? readGpu(this.session, gpu, output, size(this.outputShapes[i]!))
            : readHeap(this.session, output, size(this.outputShapes[i]!)),
        ),
      );
    } finally {
      for (const output of outputs) output.delete();
    }
  }
}

function heapSlot(session: LiteRtSession, shape: readonly number[]): InputSlot {
  const { module, environment } = session;
  const type = tensorType(module, shape);
  const { HOST_MEMORY } = module.LiteRtTensorBufferType;
  const tensor = module.LiteRtTensorBuffer.createManaged(environment, HOST_MEMORY, type, 4 * size(shape));
  type.delete();
  return {
    tensor,
    write(values) {
      const pointer = tensor.lock(module.LiteRtTensorBufferLockMode.WRITE);
      new Float32Array(module.HEAPU8.buffer, pointer, values.length).set(values);
      tensor.unlock();
    },
    free: () => tensor.delete(),
  };
}

function gpuSlot(session: LiteRtSession, { device }: Gpu, shape: readonly number[]): InputSlot {
  const { module, environment } = session;
  const bytes = 4 * size(shape);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffer = device.createBuffer({ label: OWN, size: bytes, usage });
  const imported = module.WebGPU.importJsBuffer(buffer);
  const type = tensorType(module, shape);
  const { WEB_GPU_BUFFER_PACKED } = module.LiteRtTensorBufferType;
  const tensor = module.LiteRtTensorBuffer.createFromWebGpuBuffer(
    environment,
    type,
    WEB_GPU_BUFFER_PACKED,
    imported,
    bytes,
  );
  type.delete();
  return {
    tensor,
    write: (values) => device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>),
    free() {
      tensor.delete();
      module.wgpuBufferRelease(imported);
      buffer.destroy();
    },
  };
}

function readHeap({ module }: LiteRtSession, output: TensorBuffer, length: number): Float32Array {
  const pointer = output.lock(module.LiteRtTensorBufferLockMode.READ);
  const values = new Float32Array(length);
  values.set(new Float32Array(module.HEAPU8.buffer, pointer, length));
  output.unlock();
  return values;
}

async function readGpu(
  { module }: LiteRtSession,
  { device }: Gpu,
  output: TensorBuffer,
  length: number,
): Promise<Float32Array> {
  const source = module.WebGPU.getJsObject(output.getWebGpuBuffer());
  const staging = device.createBuffer({
    label: OWN,
    size: 4 * length,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  try {
    const commands = device.createCommandEncoder();
    commands.copyBufferToBuffer(source, output.offset(), staging, 0, 4 * length);
    device.queue.submit([commands.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}

/** The label of buffers that are ours to destroy, not the module's. */
const OWN = 'executor';

/**
 * Destroys the buffers, including weights, that the module has released: it leaves them to the garbage collector, which does
 * not know their size.
 */
function destroyReleased(module: LiteRtModule, gpu: Gpu): void {
  const { jsObjects } = (module.WebGPU as unknown as { Internals: { jsObjects: readonly object[] } }).Internals;
  const live = new Set<object>(Object.values(jsObjects));
  for (const buffer of gpu.buffers) if (buffer.label !== OWN && !live.has(buffer)) buffer.destroy();
}

function tensorType(module: LiteRtModule, shape: readonly number[]) {
  const dimensions = new module.VectorInt32();
  for (const length of shape) dimensions.push_back(length);
  const layout = module.LiteRtLayout.create(dimensions);
  dimensions.delete();
  const type = module.LiteRtRankedTensorType.create({ value: 1 }, layout); // float32
  layout.delete();
  return type;
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

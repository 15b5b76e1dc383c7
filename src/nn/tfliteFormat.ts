/**
 * The part of TFLite's file format (FlatBuffers schema version 3) that our graphs need. Numbers are the schema's field
 * positions and enumeration values.
 */
import { Builder, type Offset } from 'flatbuffers';

export const TensorType = { float32: 0, float16: 1, int32: 2, int8: 9 } as const;
export const Activation = { none: 0, relu: 1 } as const;
export const TflitePadding = { same: 0, valid: 1 } as const;

export const Operation = {
  add: 0,
  averagePool: 1,
  concatenation: 2,
  conv2d: 3,
  depthwiseConv2d: 4,
  fullyConnected: 9,
  maxPool: 17,
  mul: 18,
  relu: 19,
  reshape: 22,
  resizeBilinear: 23,
  softmax: 25,
  pad: 34,
  mean: 40,
  prelu: 54,
  maximum: 55,
  padV2: 60,
  slice: 65,
  sum: 74,
  rsqrt: 76,
} as const;

type Scalar = readonly ['byte' | 'int' | 'float', number];

/** A table of an operation's options: which member of the union it is, and its fields in the schema's order. */
export interface OptionsTable {
  readonly kind: number;
  readonly fields: readonly Scalar[];
}

const byte = (value: number | boolean): Scalar => ['byte', Number(value)];
const int = (value: number): Scalar => ['int', value];

export const Options = {
  conv2d: (padding: number, stride: number, activation: number): OptionsTable => ({
    kind: 1,
    fields: [byte(padding), int(stride), int(stride), byte(activation), int(1), int(1)],
  }),
  // After the strides, how many results a channel gets.
  depthwiseConv2d: (padding: number, stride: number, activation: number): OptionsTable => ({
    kind: 2,
    fields: [byte(padding), int(stride), int(stride), int(1), byte(activation), int(1), int(1)],
  }),
  pool2d: (padding: number, stride: number, width: number, height: number): OptionsTable => ({
    kind: 5,
    fields: [byte(padding), int(stride), int(stride), int(width), int(height), byte(Activation.none)],
  }),
  fullyConnected: (activation: number): OptionsTable => ({
    kind: 8,
    fields: [byte(activation), byte(0), byte(false), byte(false)],
  }),
  softmax: (beta: number): OptionsTable => ({ kind: 9, fields: [['float', beta]] }),
  concatenation: (axis: number): OptionsTable => ({ kind: 10, fields: [int(axis), byte(Activation.none)] }),
  add: (activation: number): OptionsTable => ({ kind: 11, fields: [byte(activation)] }),
  // Two fields that are no longer used, align_corners, half_pixel_centers.
  resizeBilinear: (): OptionsTable => ({ kind: 15, fields: [int(0), int(0), byte(false), byte(true)] }),
  reshape: (): OptionsTable => ({ kind: 17, fields: [] }),
  mul: (activation: number): OptionsTable => ({ kind: 21, fields: [byte(activation)] }),
  pad: (): OptionsTable => ({ kind: 22, fields: [] }),
  reducer: (keepDims: boolean): OptionsTable => ({ kind: 27, fields: [byte(keepDims)] }),
  slice: (): OptionsTable => ({ kind: 48, fields: [] }),
  maximumMinimum: (): OptionsTable => ({ kind: 39, fields: [] }),
} as const;

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** Constant contents; absent for values computed at run time. */
  readonly data?: ArrayBufferView;
  /** int8 only: a scale for each index of the first axis. */
  readonly scale?: Float32Array;
}

export interface TfliteOperator {
  readonly code: number;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: OptionsTable;
}

export interface TfliteModel {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The model as a `.tflite` file: identifier TFL3, version 3, constants aligned to 16 bytes. */
export function encodeTflite(model: TfliteModel): Uint8Array {
  const constants = model.tensors.reduce((sum, tensor) => sum + (tensor.data?.byteLength ?? 0), 0);
  const b = new Builder(constants + 4096 + 512 * (model.tensors.length + model.operators.length));
  const buffers = [emptyTable(b)]; // buffer 0 is the empty one, of tensors without contents
  const tensors = model.tensors.map((tensor) => {
    if (tensor.data) buffers.push(bufferTable(b, tensor.data));
    return tensorTable(b, tensor, tensor.data ? buffers.length - 1 : 0);
  });
  const codes = [...new Set(model.operators.map(codeKey))];
  const operators = model.operators.map((operator) => operatorTable(b, operator, codes.indexOf(codeKey(operator))));
  const subgraph = table(b, 5, [
    [0, offsets(b, tensors)],
    [1, ints(b, model.inputs)],
    [2, ints(b, model.outputs)],
    [3, offsets(b, operators)],
    [4, b.createString(model.name)],
  ]);
  const subgraphs = offsets(b, [subgraph]);
  const bufferList = offsets(b, buffers);
  const codeList = offsets(
    b,
    codes.map((key) => codeTable(b, key)),
  );
  b.startObject(8);
  b.addFieldInt32(0, 3, 0);
  b.addFieldOffset(1, codeList, 0);
  b.addFieldOffset(2, subgraphs, 0);
  b.addFieldOffset(4, bufferList, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array();
}

function emptyTable(b: Builder): Offset {
  b.startObject(0);
  return b.endObject();
}

function table(b: Builder, size: number, fields: readonly (readonly [number, Offset])[]): Offset {
  b.startObject(size);
  for (const [position, offset] of fields) b.addFieldOffset(position, offset, 0);
  return b.endObject();
}

function bufferTable(b: Builder, data: ArrayBufferView): Offset {
  b.prep(16, data.byteLength); // the schema's force_align, which createByteVector knows nothing of
  const bytes = b.createByteVector(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return table(b, 3, [[0, bytes]]);
}

function tensorTable(b: Builder, tensor: TfliteTensor, buffer: number): Offset {
  const shape = ints(b, tensor.shape);
  const name = b.createString(tensor.name);
  const quantisation = tensor.scale && quantisationTable(b, tensor.scale);
  b.startObject(10);
  b.addFieldOffset(0, shape, 0);
  b.addFieldInt8(1, tensor.type, 0);
  b.addFieldInt32(2, buffer, 0);
  b.addFieldOffset(3, name, 0);
  if (quantisation) b.addFieldOffset(4, quantisation, 0);
  return b.endObject();
}

/** Scale by index of axis 0 (the field's default), zero points 0. */
function quantisationTable(b: Builder, scale: Float32Array): Offset {
  b.startVector(4, scale.length, 4);
  for (let i = scale.length - 1; i >= 0; i--) b.addFloat32(scale[i]!);
  const scales = b.endVector();
  b.startVector(8, scale.length, 8);
  scale.forEach(() => {
    b.addInt64(0n);
  });
  const zeroPoints = b.endVector();
  return table(b, 7, [
    [2, scales],
    [3, zeroPoints],
  ]);
}

function operatorTable(b: Builder, operator: TfliteOperator, code: number): Offset {
  const inputs = ints(b, operator.inputs);
  const outputs = ints(b, operator.outputs);
  const options = operator.options && optionsTable(b, operator.options);
  b.startObject(9);
  b.addFieldInt32(0, code, 0);
  b.addFieldOffset(1, inputs, 0);
  b.addFieldOffset(2, outputs, 0);
  if (operator.options && options) {
    b.addFieldInt8(3, operator.options.kind, 0);
    b.addFieldOffset(4, options, 0);
  }
  return b.endObject();
}

function optionsTable(b: Builder, { fields }: OptionsTable): Offset {
  b.startObject(fields.length);
  fields.forEach(([type, value], position) => {
    // Written even where it is the schema's default: what the default is need not be known here.
    if (type === 'byte') b.addFieldInt8(position, value, null);
    else if (type === 'int') b.addFieldInt32(position, value, null);
    else b.addFieldFloat32(position, value, null);
  });
  return b.endObject();
}

const codeKey = (operator: TfliteOperator) => `${operator.code} ${operator.version}`;

function codeTable(b: Builder, key: string): Offset {
  const [code, version] = key.split(' ').map(Number) as [number, number];
  b.startObject(4);
  b.addFieldInt8(0, code, 0); // the old field, for codes up to 127
  b.addFieldInt32(2, version, 1);
  b.addFieldInt32(3, code, 0);
  return b.endObject();
}

function ints(b: Builder, values: readonly number[]): Offset {
  b.startVector(4, values.length, 4);
  for (let i = values.length - 1; i >= 0; i--) b.addInt32(values[i]!);
  return b.endVector();
}

function offsets(b: Builder, values: readonly Offset[]): Offset {
  b.startVector(4, values.length, 4);
  for (let i = values.length - 1; i >= 0; i--) b.addOffset(values[i]!);
  return b.endVector();
}

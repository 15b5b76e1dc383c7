/** One named array of weights as it lies in memory. */
export type WeightTensor =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  /** IEEE half precision, one number in each 16-bit word. */
  | { readonly dtype: 'float16'; readonly shape: readonly number[]; readonly data: Uint16Array }
  /** value = data · scale[o], o being the first index of the shape (the output channel). */
  | {
      readonly dtype: 'int8';
      readonly shape: readonly number[];
      readonly data: Int8Array;
      readonly scale: Float32Array;
    };

/**
 * The weights of a network by name, names being the original's scopes. Layouts: a convolution's kernel is
 * [out, height, width, in], a dense layer's matrix [out, in], everything else one number a channel.
 */
export type Weights = ReadonlyMap<string, WeightTensor>;

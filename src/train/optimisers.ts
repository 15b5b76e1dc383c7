import * as tf from '@tensorflow/tfjs-core';
import type { OptimiserName } from './config/config';

/** One weight's slots by slot name. */
type Slots = Readonly<Record<string, tf.Tensor>>;

interface Rule {
  /** Name and first value of each slot. */
  readonly slots: Readonly<Record<string, number>>;
  /** The new slots, and what is taken from the weight. `t` counts from 1. */
  step(
    gradient: tf.Tensor,
    slots: Slots,
    rate: number,
    t: number,
  ): { readonly slots: Slots; readonly change: tf.Tensor };
}

/**
 * The original's optimisers: TensorFlow 1's formulas with facenet's constants. Those of tfjs differ (its Adam has the
 * epsilon inside the bias correction, its RMSProp starts at 0), so these are our own.
 */
const RULES = {
  ADAGRAD: {
    slots: { accumulator: 0.1 },
    step(g, { accumulator }, rate) {
      const sum = tf.add(accumulator!, tf.square(g));
      return { slots: { accumulator: sum }, change: tf.mul(tf.div(g, tf.sqrt(sum)), rate) };
    },
  },
  ADADELTA: {
    slots: { accumulator: 0, updates: 0 },
    step(g, { accumulator, updates }, rate) {
      const [rho, epsilon] = [0.9, 1e-6];
      const sum = decayed(accumulator!, tf.square(g), rho);
      const update = tf.mul(tf.sqrt(tf.div(tf.add(updates!, epsilon), tf.add(sum, epsilon))), g);
      return {
        slots: { accumulator: sum, updates: decayed(updates!, tf.square(update), rho) },
        change: tf.mul(update, rate),
      };
    },
  },
  ADAM: {
    slots: { m: 0, v: 0 },
    step(g, { m, v }, rate, t) {
      const [beta1, beta2, epsilon] = [0.9, 0.999, 0.1];
      const [first, second] = [decayed(m!, g, beta1), decayed(v!, tf.square(g), beta2)];
      const scale = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      return {
        slots: { m: first, v: second },
        change: tf.mul(tf.div(first, tf.add(tf.sqrt(second), epsilon)), scale),
      };
    },
  },
  RMSPROP: {
    slots: { meanSquare: 1, momentum: 0 },
    step(g, { meanSquare, momentum }, rate) {
      const [decay, inertia, epsilon] = [0.9, 0.9, 1];
      const square = decayed(meanSquare!, tf.square(g), decay);
      const change = tf.add(tf.mul(momentum!, inertia), tf.mul(tf.div(g, tf.sqrt(tf.add(square, epsilon))), rate));
      return { slots: { meanSquare: square, momentum: change }, change };
    },
  },
  MOM: {
    slots: { accumulator: 0 },
    step(g, { accumulator }, rate) {
      const inertia = 0.9;
      const sum = tf.add(tf.mul(accumulator!, inertia), g);
      // Nesterov's: the step that momentum would make next is part of this one.
      return { slots: { accumulator: sum }, change: tf.mul(tf.add(g, tf.mul(sum, inertia)), rate) };
    },
  },
} satisfies Readonly<Record<OptimiserName, Rule>>;

/** The names of the slots that the optimiser has for each weight. */
export function slotNames(optimiser: OptimiserName): string[] {
  return Object.keys(RULES[optimiser].slots);
}

/** Tensors by name, which a step replaces and disposes of: nothing else may hold them. */
export type OwnTensors = Map<string, tf.Tensor>;

/** The slots before the first step by `<weight>/<slot>`. */
export function firstSlots(optimiser: OptimiserName, weights: ReadonlyMap<string, tf.Tensor>): OwnTensors {
  const slots = Object.entries(RULES[optimiser].slots);
  return new Map(
    [...weights].flatMap(([name, { shape }]) =>
      slots.map(([slot, value]) => [`${name}/${slot}`, tf.fill(shape, value)]),
    ),
  );
}

export interface OptimiserStep {
  readonly optimiser: OptimiserName;
  /** Learning rate. */
  readonly rate: number;
  /** Number of this step, from 1. */
  readonly step: number;
}

/** One step: replaces every weight that has a gradient, and its slots. One weight at a time, so that memory stays small. */
export function optimise(
  weights: OwnTensors,
  gradients: ReadonlyMap<string, tf.Tensor>,
  slots: OwnTensors,
  { optimiser, rate, step }: OptimiserStep,
): void {
  const rule: Rule = RULES[optimiser];
  for (const [name, gradient] of gradients) {
    const own = Object.fromEntries(slotNames(optimiser).map((slot) => [slot, slots.get(`${name}/${slot}`)!]));
    tf.tidy(() => {
      const { slots: next, change } = rule.step(gradient, own, rate, step);
      const weight = weights.get(name)!;
      replace(weights, name, tf.sub(weight, change));
      for (const [slot, tensor] of Object.entries(next)) replace(slots, `${name}/${slot}`, tensor);
    });
  }
}

function replace(tensors: OwnTensors, name: string, next: tf.Tensor): void {
  tensors.get(name)!.dispose();
  tensors.set(name, tf.keep(next));
}

/** The norm of all gradients together, √Σ‖g‖². A scalar. */
export function globalNorm(gradients: Iterable<tf.Tensor>): tf.Scalar {
  return tf.tidy(() => {
    const squares = [...gradients].map((gradient) => tf.sum<tf.Scalar>(tf.square(gradient)));
    return tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square), tf.scalar(0)));
  });
}

/** The gradients scaled so that their global norm is at most `limit`: new tensors. `norm` as `globalNorm` gives it. */
export function clipped(
  gradients: ReadonlyMap<string, tf.Tensor>,
  norm: tf.Scalar,
  limit: number,
): Map<string, tf.Tensor> {
  const scale = tf.tidy(() => tf.div(limit, tf.maximum(norm, limit)));
  const result = new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, scale)]));
  scale.dispose();
  return result;
}

/**
 * The moving average of the weights after a step, by TensorFlow's rule: the decay is min(decay, (1 + step) / (10 +
 * step)), so that the average follows quickly at first. `decay` .9999 in the original. Replaces every average.
 */
export function moveAverages(
  averages: OwnTensors,
  weights: ReadonlyMap<string, tf.Tensor>,
  decay: number,
  step: number,
): void {
  const used = Math.min(decay, (1 + step) / (10 + step));
  for (const [name, average] of averages)
    tf.tidy(() => replace(averages, name, decayed(average, weights.get(name)!, used)));
}

/** old · decay + next · (1 − decay). */
export function decayed(old: tf.Tensor, next: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(next, 1 - decay));
}

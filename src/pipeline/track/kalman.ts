import type { Box } from '../../core/types';

/** A value with its speed, and their covariance [value², value·speed, speed²]. */
interface Moving {
  readonly value: number;
  readonly speed: number;
  readonly covariance: readonly [number, number, number];
}

/**
 * What SORT knows of a box: centre, area and ratio (width by height), the first three moving at constant speed. Its
 * 7×7 covariance never leaves these four blocks, because no noise and no measurement couples them.
 */
export interface BoxState {
  readonly cx: Moving;
  readonly cy: Moving;
  readonly area: Moving;
  readonly ratio: { readonly value: number; readonly variance: number };
}

/** Variances of Bewley et al. 2016's own program: of a measurement, at the start, and added each step. */
export const NOISE = {
  measured: { centre: 1, area: 10, ratio: 10 },
  start: { value: 10, speed: 10_000 },
  step: { value: 1, centreSpeed: 0.01, areaSpeed: 0.0001 },
} as const;

export function startState(box: Box): BoxState {
  const { cx, cy, area, ratio } = measure(box);
  const resting = (value: number): Moving => ({
    value,
    speed: 0,
    covariance: [NOISE.start.value, 0, NOISE.start.speed],
  });
  return {
    cx: resting(cx),
    cy: resting(cy),
    area: resting(area),
    ratio: { value: ratio, variance: NOISE.start.value },
  };
}

/** The state `steps` frames later (fractions allowed). An area that would vanish stops shrinking. */
export function predict(state: BoxState, steps: number): BoxState {
  const { value, centreSpeed, areaSpeed } = NOISE.step;
  const { area } = state;
  const sound = area.value + area.speed * steps > 0 ? area : { ...area, speed: 0 };
  return {
    cx: move(state.cx, steps, value, centreSpeed),
    cy: move(state.cy, steps, value, centreSpeed),
    area: move(sound, steps, value, areaSpeed),
    ratio: { ...state.ratio, variance: state.ratio.variance + value * steps },
  };
}

/** The state after a box was seen. */
export function correct(state: BoxState, box: Box): BoxState {
  const { cx, cy, area, ratio } = measure(box);
  const gain = state.ratio.variance / (state.ratio.variance + NOISE.measured.ratio);
  return {
    cx: see(state.cx, cx, NOISE.measured.centre),
    cy: see(state.cy, cy, NOISE.measured.centre),
    area: see(state.area, area, NOISE.measured.area),
    ratio: {
      value: state.ratio.value + gain * (ratio - state.ratio.value),
      variance: (1 - gain) * state.ratio.variance,
    },
  };
}

export function boxOf({ cx, cy, area, ratio }: BoxState): Box {
  const width = Math.sqrt(Math.max(area.value * ratio.value, 0));
  const height = width === 0 ? 0 : area.value / width;
  return {
    x0: cx.value - width / 2,
    y0: cy.value - height / 2,
    x1: cx.value + width / 2,
    y1: cy.value + height / 2,
  };
}

function measure({ x0, y0, x1, y1 }: Box) {
  const [width, height] = [x1 - x0, y1 - y0];
  return { cx: (x0 + x1) / 2, cy: (y0 + y1) / 2, area: width * height, ratio: width / height };
}

/** F = [1 t; 0 1]: P becomes F P Fᵀ + t Q. */
function move(
  { value, speed, covariance: [a, b, c] }: Moving,
  t: number,
  valueNoise: number,
  speedNoise: number,
): Moving {
  return {
    value: value + speed * t,
    speed,
    covariance: [a + 2 * t * b + t * t * c + valueNoise * t, b + t * c, c + speedNoise * t],
  };
}

/** H = [1 0]: K = P Hᵀ / (H P Hᵀ + R), P becomes (I − K H) P. */
function see({ value, speed, covariance: [a, b, c] }: Moving, measured: number, noise: number): Moving {
  const [toValue, toSpeed] = [a / (a + noise), b / (a + noise)];
  const off = measured - value;
  return {
    value: value + toValue * off,
    speed: speed + toSpeed * off,
    covariance: [(1 - toValue) * a, (1 - toValue) * b, c - toSpeed * b],
  };
}

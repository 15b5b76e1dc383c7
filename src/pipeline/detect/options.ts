import { FaceError } from '../../core/errors';
import { SEARCHED_SIDE } from './pyramid';

/** Options of a caller; everything else is the original's. */
export interface SearchOptions {
  /** Pixels of the picture, or a share (0–1) of its shorter side when under 1. */
  readonly minSize?: number;
  /** Least probability at P-Net, R-Net and O-Net. */
  readonly thresholds?: readonly [number, number, number];
  /** Step of the pyramid, each level's size by the one before. */
  readonly factor?: number;
  /** Longer side of the reduced copy that is searched, pixels; at most 1600, which is the default. */
  readonly maxSide?: number;
}

export interface DetectSettings {
  readonly minSize: number;
  readonly thresholds: readonly [number, number, number];
  readonly factor: number;
  readonly maxSide: number;
}

export const DETECT_DEFAULTS: DetectSettings = {
  minSize: 20,
  thresholds: [0.6, 0.7, 0.7],
  factor: 0.709,
  maxSide: SEARCHED_SIDE,
};

/** The options, completed by the original's values. Throws `detect/bad-option`. */
export function detectSettings(options: SearchOptions): DetectSettings {
  const known = Object.keys(DETECT_DEFAULTS);
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) fail(option, 'set', `the options are ${known.join(', ')}.`);
  }
  const { minSize, thresholds, factor, maxSide } = { ...DETECT_DEFAULTS, ...options };
  if (!(minSize > 0 && (minSize < 1 || minSize >= 12) && Number.isFinite(minSize)))
    fail('minSize', minSize, 'it is at least 12 pixels, or a share between 0 and 1.');
  if ((thresholds.length as number) !== 3 || !thresholds.every((value) => value >= 0 && value <= 1))
    fail('thresholds', thresholds.join(', '), 'they are three probabilities between 0 and 1.');
  if (!(factor >= 0.5 && factor <= 0.9)) fail('factor', factor, 'it is between 0.5 and 0.9.');
  if (!(maxSide >= 64 && maxSide <= SEARCHED_SIDE)) fail('maxSide', maxSide, 'it is between 64 and 1600 pixels.');
  return { minSize, thresholds, factor, maxSide };
}

function fail(option: string, value: string | number, reason: string): never {
  throw new FaceError('detect/bad-option', { option, value, reason });
}

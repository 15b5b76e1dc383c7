import type { Roc } from './roc';
import { svgPlot } from './svgPlot';

const FRAME = { width: 640, height: 440, left: 64, right: 16, top: 28, bottom: 48 } as const;
/** Smallest rate on the logarithmic axis. */
const LEAST_FAR = 1e-4;

/** The curve as an SVG: share of same pairs accepted over the share of different ones, that axis logarithmic. */
export function rocSvg({ tpr, far }: Roc, title: string): string {
  const { width, height, left, right, top, bottom } = FRAME;
  const least = Math.min(0.9, Math.floor(10 * (tpr.find((_, i) => far[i]! >= LEAST_FAR) ?? 0)) / 10);
  const x = (rate: number): number =>
    left + ((width - left - right) * Math.log(Math.max(rate, LEAST_FAR) / LEAST_FAR)) / Math.log(1 / LEAST_FAR);
  const y = (rate: number): number =>
    top + (height - top - bottom) * (1 - (Math.max(rate, least) - least) / (1 - least));
  const path = Array.from(tpr, (rate, i) => `${x(far[i]!).toFixed(1)},${y(rate).toFixed(1)}`);
  const levels = Array.from({ length: 6 }, (_, i) => least + ((1 - least) * i) / 5);
  return svgPlot({
    ...FRAME,
    title,
    xLabel: 'false-accept rate',
    yLabel: 'same pairs accepted',
    xMarks: [1e-4, 1e-3, 1e-2, 1e-1, 1].map((rate) => [x(rate), String(rate)]),
    yMarks: levels.map((rate) => [y(rate), rate.toFixed(2)]),
    curves: [`<polyline fill="none" stroke="#0b57d0" stroke-width="2" points="${[...new Set(path)].join(' ')}"/>`],
  });
}

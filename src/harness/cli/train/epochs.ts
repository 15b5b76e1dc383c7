import type { LoggedStep } from '../../../client/types';
import { svgPlot } from '../../../evaluate/svgPlot';

/** A further line of the metrics: LFW on the way. */
export interface LfwPoint {
  readonly step: number;
  readonly epoch: number;
  readonly lfw: { readonly accuracy: number; readonly val: number; readonly far: number; readonly pairs: number };
}

/** A line of `metrics.jsonl`: a step, or LFW on the way. */
export type MetricsLine = LoggedStep | LfwPoint;

/** An epoch's means. */
export interface Epoch {
  readonly epoch: number;
  readonly steps: number;
  readonly loss: number;
  /** On the training pictures; null where the loss knows no right person. */
  readonly accuracy: number | null;
  readonly picturesPerSecond: number;
  /** LFW at the epoch's end, where it was measured. */
  readonly lfw: LfwPoint['lfw'] | null;
}

const isStep = (line: MetricsLine): line is LoggedStep => 'loss' in line;

/** Time and pictures of all steps, those before a resume too; `each`: pictures a step. */
export function workOf(lines: readonly MetricsLine[], each: number): { seconds: number; imagesPerSecond: number } {
  const speeds = lines.filter(isStep).map(({ imagesPerSecond }) => imagesPerSecond);
  const seconds = speeds.reduce((sum, speed) => sum + each / speed, 0);
  return { seconds, imagesPerSecond: (each * speeds.length) / seconds };
}

/** The metrics by epoch, in their order. */
export function epochsOf(lines: readonly MetricsLine[]): Epoch[] {
  const steps = lines.filter(isStep);
  return [...new Set(steps.map(({ epoch }) => epoch))].map((epoch) => {
    const own = steps.filter((step) => step.epoch === epoch);
    const right = own.flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy]));
    const points = lines.flatMap((line) => (!isStep(line) && line.epoch === epoch ? [line.lfw] : []));
    return {
      epoch,
      steps: own.length,
      loss: mean(own.map(({ loss }) => loss)),
      accuracy: right.length > 0 ? mean(right) : null,
      picturesPerSecond: workOf(own, 1).imagesPerSecond,
      lfw: points.at(-1) ?? null,
    };
  });
}

/** `epochs.csv`; columns of LFW only where it was measured. */
export function epochsCsv(epochs: readonly Epoch[]): string {
  const validated = epochs.some(({ lfw }) => lfw !== null);
  const rows = epochs.map(({ epoch, steps, loss, accuracy, picturesPerSecond, lfw }) => [
    epoch,
    steps,
    loss.toFixed(4),
    accuracy?.toFixed(4) ?? '',
    picturesPerSecond.toFixed(1),
    ...(validated ? [lfw?.accuracy.toFixed(4) ?? '', lfw?.val.toFixed(4) ?? ''] : []),
  ]);
  const names = [
    'epoch',
    'steps',
    'loss',
    'accuracy',
    'pictures a second',
    ...(validated ? ['LFW accuracy', 'LFW VAL'] : []),
  ];
  return [names, ...rows].map((row) => `${row.join(',')}\n`).join('');
}

const FRAME = { width: 640, height: 320, left: 56, right: 12, top: 28, bottom: 44 } as const;
const MOST_TICKS = 12;

/** `curve.svg`: accuracy on the training pictures, the loss (divided by a round number, so that it fits) and LFW, by epoch. */
export function curveSvg(epochs: readonly Epoch[]): string {
  const { width, height, left, right, top, bottom } = FRAME;
  const [first, last] = [epochs[0]?.epoch ?? 1, epochs.at(-1)?.epoch ?? 1];
  const x = (epoch: number) => left + ((width - left - right) * (epoch - first)) / Math.max(1, last - first);
  const y = (share: number) => top + (height - top - bottom) * (1 - Math.min(1, Math.max(0, share)));
  const divisor = roundAbove(Math.max(...epochs.map(({ loss }) => loss)));
  const line = (value: (epoch: Epoch) => number | null) =>
    epochs.flatMap((each) => {
      const share = value(each);
      return share === null ? [] : [`${x(each.epoch).toFixed(1)},${y(share).toFixed(1)}`];
    });
  const every = Math.ceil((last - first + 1) / MOST_TICKS);
  const curves = [
    { name: 'accuracy on training pictures', colour: '#0b57d0', dash: '', points: line(({ accuracy }) => accuracy) },
    { name: `loss / ${divisor}`, colour: '#b3261e', dash: '5 4', points: line(({ loss }) => loss / divisor) },
    { name: 'LFW accuracy', colour: '#146c2e', dash: '1 3', points: line(({ lfw }) => lfw?.accuracy ?? null) },
  ].filter(({ points }) => points.length > 0);
  const drawn = curves.map(({ name, colour, dash, points }, i) => {
    const dots = points.map((point) => point.split(',')).map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2.5"/>`);
    return `<polyline fill="none" stroke="${colour}" stroke-width="2"${dash && ` stroke-dasharray="${dash}"`} points="${points.join(' ')}"/>
<g fill="${colour}">${dots.join('')}<text x="${width / 2 - 60}" y="${height / 2 - 20 + 16 * i}">${name}</text></g>`;
  });
  return svgPlot({
    ...FRAME,
    title: 'Training by epoch',
    xLabel: 'epoch',
    yLabel: 'share',
    xMarks: epochs.filter(({ epoch }) => (epoch - first) % every === 0).map(({ epoch }) => [x(epoch), String(epoch)]),
    yMarks: [0, 0.25, 0.5, 0.75, 1].map((share) => [y(share), String(share)]),
    curves: drawn,
  });
}

/** The least number with one digit (and zeros) that is not below: 5.03 → 6, 23 → 30, .21 → .3. */
function roundAbove(value: number): number {
  if (!(value > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((Math.ceil(value / unit) * unit).toPrecision(1));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

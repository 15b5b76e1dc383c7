import type { LoggedStep } from './loop';
import { scalarsRecord } from './tensorboard';

/** One line of `metrics.jsonl`, line break included. A number that JSON has no word for becomes null. */
export function metricsLine(report: LoggedStep): string {
  return `${JSON.stringify(report)}\n`;
}

/** The same step for TensorBoard. `seconds` since 1970. */
export function metricsRecord(report: LoggedStep, seconds: number): Uint8Array<ArrayBuffer> {
  const { step, loss, terms, accuracy, gradientNorm, rate, epoch, imagesPerSecond } = report;
  const scalars: Record<string, number> = { loss, gradient_norm: gradientNorm, learning_rate: rate, epoch };
  for (const [name, value] of Object.entries(terms)) scalars[`terms/${name}`] = value;
  if (accuracy !== null) scalars['accuracy'] = accuracy;
  return scalarsRecord(seconds, step, { ...scalars, images_per_second: imagesPerSecond });
}

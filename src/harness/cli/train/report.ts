import { count } from '../../../core/count';
import type { TrainEngine, TrainPlan } from '../../../client/types';
import type { Evaluation, Evened, Report } from '../../../core/types';
import { promiseOf, warningsOf } from '../../../evaluate/evaluationWords';
import { namedAdapter } from '../../../evaluate/lfwReport';
import type { Reporter } from '../reporter';
import type { LfwPoint } from './epochs';

type Measured = Pick<Evaluation, 'accuracy' | 'val' | 'far' | 'impostorsVal' | 'impostorsAccepted'>;

/** `report.json`. */
export interface TrainReport {
  readonly model: string;
  readonly backend: string;
  readonly adapter: string | null;
  readonly people: number;
  /** Trained on; `heldOut` are evaluated on, and `impostors` must stay unknown. */
  readonly pictures: number;
  readonly heldOut: number;
  readonly impostors: number;
  readonly noFace: number;
  readonly steps: number;
  readonly epochs: number;
  /** Of the steps, whatever run of the program made them. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly before: Measured;
  readonly after: Measured;
  /** By what both models' distances, and those of the new one in use, are evened out over kinds of faces. */
  readonly evened: Evened;
  /** Nothing that was measured became worse. */
  readonly accepted: boolean;
  /** Accuracy of the nearest picture by its pixels, without any network; for a network from scratch. */
  readonly rawPixels?: number;
  readonly lfw?: {
    readonly rawPixels: LfwPoint['lfw'];
    readonly before: LfwPoint['lfw'];
    readonly after: LfwPoint['lfw'];
  };
}

/** Where it trained. WebGPU computed on the CPU is said to be that. */
export function ranOn(engine: TrainEngine): Pick<TrainReport, 'backend' | 'adapter'> {
  return { backend: engine.backend, adapter: namedAdapter(engine) };
}

export function measuredIn({ before, after, evened }: Report) {
  const measured = ({ accuracy, val, far, impostorsVal, impostorsAccepted }: Evaluation): Measured => {
    return { accuracy, val, far, impostorsVal, impostorsAccepted };
  };
  const accepted = warningsOf({ before, after }).length === 0;
  return { before: measured(before), after: measured(after), evened, accepted };
}

export function engineLine({ backend, adapter, softwareAdapter, threads }: TrainEngine): string {
  if (backend === 'wasm') return `TensorFlow.js on WASM (${count(threads, 'thread')})`;
  return `TensorFlow.js on WebGPU (${adapter ?? 'unnamed adapter'}${softwareAdapter ? ', computed on the CPU: slow' : ''})`;
}

export function planLine(plan: TrainPlan, people: number, pictures: number, heldOut: number): string {
  const { trainableParameters, parameters, frozenUntil, cached } = plan;
  const part = frozenUntil === null ? 'all of it' : `frozen until ${frozenUntil}${cached ? ', computed once' : ''}`;
  return `${count(people, 'person', 'people')}, ${count(pictures, 'picture')} to train on and ${heldOut} held out; ${trainableParameters.toLocaleString('en')} of ${parameters.toLocaleString('en')} weights are trained (${part})`;
}

export function printReport(reporter: Reporter, output: TrainReport, folder: string): void {
  const rate = (value: number | null) => (value === null ? '–' : value.toFixed(4));
  for (const [name, { accuracy, val, far, impostorsVal, impostorsAccepted }] of [
    ['before', output.before],
    ['after', output.after],
  ] as const)
    reporter.line(
      `${name.padEnd(6)} accuracy ${rate(accuracy)}, VAL ${rate(val)} at FAR ${far}, impostors’ VAL ${rate(impostorsVal)}, impostors accepted ${rate(impostorsAccepted)}`,
    );
  for (const sentence of [...promiseOf(output.evened), ...warningsOf(output)]) reporter.line(sentence);
  reporter.line(`model, checkpoint, metrics and report: ${folder}`);
  reporter.object(output);
}

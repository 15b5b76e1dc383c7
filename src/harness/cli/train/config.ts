import type { TrainFlags } from './flags';

/** What is learnt from, by the numbers. */
interface Amount {
  readonly people: number;
  readonly pictures: number;
}
type Part = 'head' | 'last-blocks' | 'all' | 'scratch';

/**
 * A head learns by ADAGRAD, the rest by ADAM, whose epsilon is the original's .1: a fine-tune moves little, a new network
 * much.
 */
const PARTS: Readonly<Record<Part, { loss: string; epochs: number; rate: number; batch: number; flip: boolean }>> = {
  head: { loss: 'softmax', epochs: 60, rate: 1, batch: 32, flip: false },
  'last-blocks': { loss: 'arcface', epochs: 10, rate: 0.001, batch: 16, flip: false },
  all: { loss: 'softmax', epochs: 10, rate: 0.0005, batch: 16, flip: true },
  scratch: { loss: 'softmax', epochs: 40, rate: 0.05, batch: 16, flip: true },
};

/** What a run has where neither its configuration file nor a flag says otherwise; flags go before the file. */
export function configOf(
  flags: Pick<TrainFlags, 'loss' | 'epochs' | 'epochSteps'>,
  file: Readonly<Record<string, unknown>>,
  part: Part,
  { people, pictures }: Amount,
): Record<string, unknown> {
  const usual = PARTS[part];
  const loss = flags.loss ?? file['loss'] ?? usual.loss;
  const epochs = flags.epochs ?? file['epochs'] ?? usual.epochs;
  const last = Math.ceil(0.7 * Number(epochs));
  return {
    batch: Math.max(1, Math.min(usual.batch, pictures)),
    epochSteps: 0,
    optimiser: part === 'head' ? 'ADAGRAD' : 'ADAM',
    schedule: {
      kind: 'table',
      rates: [[0, usual.rate], ...(part !== 'head' && last > 1 ? [[last, usual.rate / 10]] : [])],
    },
    averageDecay: 0,
    arcface: { margin: 0.3, scale: 32 },
    ...(part === 'scratch' && { embeddingSize: 128, weightDecay: 5e-4 }),
    ...(loss === 'triplet' && { sampler: { kind: 'people', people: Math.min(people, 8), picturesEach: 4 } }),
    augment: { flip: usual.flip },
    checkpointSteps: part === 'head' ? 200 : 50,
    ...file,
    loss,
    epochs,
    ...(flags.epochSteps !== undefined && { epochSteps: flags.epochSteps }),
  };
}

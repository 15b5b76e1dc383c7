/** The flags of the command `lfw`, and what must hold between them. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { StartOptions } from '../../../client/types';
import { badValue } from '../../../core/errors';
import { CROP_KINDS, type CropKind } from '../../../core/types';
import { DISTANCES, type DistanceName } from '../../../evaluate/distance';
import { addFaceOptions, far, margins, startOptions, thresholdStep, wholeNumber, type CommonFlags } from '../options';
import { parseShard, type Shard } from './shards';

/** Names with commas between. */
function crops(text: string): CropKind[] {
  return text.split(',').map((name) => {
    const crop = CROP_KINDS.find((known) => known === name);
    if (!crop) throw new InvalidArgumentError(`It must be of: ${CROP_KINDS.join(', ')}.`);
    return crop;
  });
}

/** Each worker has its own copy of the networks. */
const MOST_WORKERS = 16;
const NO_FACE = ['centre-crop', 'skip', 'fail'] as const;

export interface LfwFlags extends CommonFlags {
  readonly images: string;
  readonly pairs: string;
  readonly out: string;
  readonly crop?: readonly CropKind[];
  readonly margin?: readonly number[];
  readonly flip?: true;
  readonly subtractMean?: true;
  readonly distance: DistanceName;
  readonly thresholdStep?: number;
  readonly folds?: number;
  readonly far: number;
  readonly face: (typeof NO_FACE)[number];
  readonly batch: number;
  readonly resume?: true;
  readonly shard?: Shard;
  readonly merge?: true;
  readonly calibrate?: true;
  readonly normalise?: true;
}

export function addLfwOptions(command: Command): Command {
  command
    .requiredOption('--images <folder>', 'the pictures: a folder, a .tgz, .tar or .zip')
    .requiredOption('--pairs <file>', 'pairs.txt, or a CSV a,b,same[,fold]')
    .requiredOption('--out <folder>', 'where the report and the embeddings go')
    .option(
      '--crop <name>',
      `how faces are cut out: ${CROP_KINDS.join(', ')}; of several, with commas, the mean (default: the model’s own)`,
      crops,
    )
    .option('--margin <pixels>', 'of the facenet crop, both sides together; of several (16,32,48) the mean', margins)
    .option('--flip', 'join each embedding with that of the flipped picture')
    .option('--subtract-mean', 'subtract the mean embedding of the other folds')
    .addOption(new Option('--distance <name>', 'of two embeddings').choices(DISTANCES).default('euclidean'))
    .option('--threshold-step <d>', 'between thresholds that accuracy chooses from (default: 0.01)', thresholdStep)
    .option('--folds <n>', 'deal the pairs into n folds (default: the list’s own, or 10)', wholeNumber(2, 1000))
    .option('--far <rate>', 'false-accept rate at which VAL is measured', far, 0.001)
    .addOption(
      new Option('--no-face <policy>', 'a picture without a detection').choices(NO_FACE).default('centre-crop'),
    )
    .option('--batch <n>', 'pictures sent at a time', wholeNumber(1, 1024), 64)
    .option('--resume', 'continue where a run was cut off')
    .option('--shard <i/n>', 'do only one of n parts, for --merge', parseShard)
    .option('--merge', 'evaluate on the parts that lie in --out')
    .option('--calibrate', 'also give distances at false-accept rates, from all pairs of pictures of two people')
    .option(
      '--normalise',
      'also give the model’s own decisions: by plain distances, and evened out over kinds of faces',
    );
  return addFaceOptions(command);
}

/** One worker with one thread for each core: all work is shared, and none waits as the threads of one network do. */
export function workerCount(): number {
  return Math.min(availableParallelism(), MOST_WORKERS);
}

/** The session keeps the model's own rate: `--far` is VAL's. */
export function engineOptions(flags: LfwFlags): StartOptions {
  return startOptions({ ...flags, far: undefined });
}

/** Throws `config/bad-value` for a margin without the crop that has one. */
export function assertMargin({ margin }: LfwFlags, crops: readonly CropKind[]): void {
  if (margin === undefined || crops.includes('facenet')) return;
  const reason = `it is of the facenet crop, and this run’s crop is ${crops.join(', ')}.`;
  throw badValue('--margin', margin.join(','), reason);
}

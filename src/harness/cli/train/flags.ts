import { Option, type Command } from 'commander';
import { badValue } from '../../../core/errors';
import type { TrainableName } from '../../../train/config/recipe';
import { LOSSES, type LossName } from '../../../train/config/config';
import { parseSchedule, type ScheduleConfig } from '../../../train/config/schedule';
import { readText } from '../diskReason';
import { far, number, wholeNumber, type CommonFlags } from '../options';
import { BACKENDS } from '../../../core/types';

export interface TrainFlags extends Pick<CommonFlags, 'backend' | 'json'> {
  readonly data: string;
  readonly out: string;
  readonly loss?: LossName;
  readonly trainable?: TrainableName;
  readonly model?: string;
  readonly config?: string;
  readonly schedule?: string;
  readonly epochs?: number;
  readonly epochSteps?: number;
  readonly holdOut: number;
  readonly trainImages?: number;
  readonly holdOutPeople?: true;
  readonly impostors?: string;
  readonly filter?: string;
  readonly filterPercentile: number;
  readonly filterMinImages: number;
  readonly aligned?: true;
  readonly far: number;
  readonly lfw?: string;
  readonly pairs?: string;
  readonly lfwEvery: number;
  readonly resume?: true;
  readonly width: number;
  readonly size: number;
  readonly shuffleLabels?: true;
}

const share = (text: string) => number(text, (x) => x > 0 && x < 1, 'between 0 and 1');
const percentile = (text: string) => number(text, (x) => x > 0 && x <= 100, 'from 0 to 100');
/** Of a network's channels. */
export const width = (text: string): number => number(text, (x) => x >= 0.05 && x <= 1, 'from 0.05 to 1');

/** What `train` and `finetune` have in common. */
export function addTrainOptions(command: Command): Command {
  return command
    .requiredOption('--data <folder>', 'a folder of pictures for each person')
    .requiredOption('--out <folder>', 'where the model, checkpoints, metrics and the report go')
    .addOption(new Option('--loss <name>', 'what is made small').choices(LOSSES))
    .option('--config <file>', 'everything else: JSON, as in recipes/; unknown keys stop')
    .option('--schedule <file>', 'learning rates as the original’s files have them: `epoch: rate` a line, −1 stops')
    .option('--epochs <n>', 'times that every picture is seen', wholeNumber(1, 100_000))
    .option(
      '--epoch-steps <n>',
      'steps that count as an epoch (default: as many as the pictures fill)',
      wholeNumber(1, 1e6),
    )
    .option('--hold-out <share>', 'of each person’s pictures, to evaluate on', share, 0.3)
    .option(
      '--hold-out-people',
      'that share of the people instead: how well the model tells apart people it was not trained on',
    )
    .option(
      '--train-images <n>',
      'train on each person’s first n, evaluate on those from the 11th on',
      wholeNumber(1, 10_000),
    )
    .option('--outsiders, --impostors <folder>', 'people who must stay unknown (--outsiders: its earlier name)')
    .option('--filter <file>', 'leave out pictures far from their person’s centre: what `filter-metrics` has written')
    .option(
      '--filter-percentile <p>',
      'with --filter: pictures at this percentile of the distances or beyond',
      percentile,
      100,
    )
    .option(
      '--filter-min-images <n>',
      'with --filter: and persons with fewer pictures left',
      wholeNumber(1, 100_000),
      1,
    )
    .option('--aligned', 'the pictures are faces that `align` has cut out')
    .option('--far <rate>', 'false-accept rate of the report', far, 0.001)
    .option('--lfw <folder>', 'LFW’s pictures, to validate on the way')
    .option('--pairs <file>', 'LFW’s pairs.txt, with --lfw')
    .option('--lfw-every <n>', 'epochs between two validations', wholeNumber(1, 10_000), 1)
    .option('--resume', 'continue from the checkpoint in --out')
    .option('--shuffle-labels', 'deal the people out at random: what a network learns then is chance')
    .addOption(new Option('--backend <name>', 'where it trains').choices(['auto', ...BACKENDS]).default('auto'))
    .option('--json', 'print one JSON object on standard output');
}

/** The configuration file's content. Throws `harness/no-such-file`, `config/bad-value`. */
export async function readConfig(path: string | undefined): Promise<Record<string, unknown>> {
  if (path === undefined) return {};
  const text = await readText(path);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw badValue('--config', path, 'it is not a JSON object.');
}

/** The learning rates of a file in the original's form. Throws `harness/no-such-file`, `config/bad-value`. */
export async function readSchedule(path: string | undefined): Promise<ScheduleConfig | undefined> {
  return path === undefined ? undefined : parseSchedule(await readText(path));
}

import { Option, type Command } from 'commander';
import { wholeNumber } from '../options';
import { Report } from '../report';
import { executeTraining } from '../train/execute';
import { addTrainOptions, TRAINABLE, width, type TrainFlags } from '../train/flags';

export function addTrain(program: Command, done: (report: Report) => void): void {
  const command = program
    .command('train')
    .description('train a network from scratch on class folders of pictures')
    .option('--width <share>', 'of the channels of the whole network', width, 1)
    .option('--size <pixels>', 'side of the network’s input', wholeNumber(75, 512), 160);
  addTrainOptions(command).action((flags: TrainFlags) => run('train', flags, done));
}

export function addFinetune(program: Command, done: (report: Report) => void): void {
  const command = program
    .command('finetune')
    .description('let a model learn your people, and see whether that made it better')
    .option('--model <id or file>', 'what to begin with (default: FaceNet)')
    .addOption(new Option('--trainable <part>', 'what learns').choices(TRAINABLE).default('head'));
  addTrainOptions(command).action((flags: TrainFlags) => run('finetune', flags, done));
}

async function run(kind: 'train' | 'finetune', flags: TrainFlags, done: (report: Report) => void): Promise<void> {
  const report = new Report(flags.json === true);
  await executeTraining(kind, flags, report);
  done(report);
}

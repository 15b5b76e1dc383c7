import { Option, type Command } from 'commander';
import { wholeNumber } from '../options';
import type { Reporter, Runner } from '../reporter';
import { executeTraining } from '../train/execute';
import { TRAINABLE } from '../../../train/config/recipe';
import { addTrainOptions, width, type TrainFlags } from '../train/flags';

export function addTrain(program: Command, run: Runner): void {
  const command = program
    .command('train')
    .description('train a network from scratch on class folders of pictures')
    .option('--width <share>', 'of the channels of the whole network', width, 1)
    .option('--size <pixels>', 'side of the network’s input', wholeNumber(75, 512), 160);
  addTrainOptions(command).action(
    run((flags: TrainFlags, reporter: Reporter) => executeTraining('train', flags, reporter)),
  );
}

export function addFinetune(program: Command, run: Runner): void {
  const command = program
    .command('finetune')
    .description('train a model on your people, and see whether that made it better')
    .option('--model <id or file>', 'what to begin with (default: FaceNet)')
    .addOption(new Option('--trainable <part>', 'what is trained').choices(TRAINABLE).default('head'));
  addTrainOptions(command).action(
    run((flags: TrainFlags, reporter: Reporter) => executeTraining('finetune', flags, reporter)),
  );
}

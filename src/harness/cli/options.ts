import { InvalidArgumentError, Option, type Command } from 'commander';
import type { DetectOptions, StartOptions } from '../../client/types';
import { BACKENDS, ENGINES, PRECISIONS, type EngineName, type Precision } from '../../core/types';
import type { BackendChoice } from './launch';

/** What commander gives for the options below. */
export interface CommonFlags {
  readonly backend: BackendChoice;
  readonly engine?: EngineName;
  readonly precision?: Precision;
  readonly model?: string;
  readonly far?: number;
  readonly json?: true;
  readonly minSize?: number;
  readonly turned?: true;
  readonly thresholds?: [number, number, number];
}

/** Throws InvalidArgumentError, which names `what` the text must be. */
export function number(text: string, fits: (value: number) => boolean, what: string): number {
  const value = Number(text);
  if (text.trim() === '' || !fits(value)) throw new InvalidArgumentError(`It must be ${what}.`);
  return value;
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) =>
    number(text, (x) => Number.isInteger(x) && x >= min && x <= max, `a whole number from ${min} to ${max}`);
}

/** One number of pixels, or several with commas between. */
export function margins(text: string): number[] {
  return text.split(',').map(wholeNumber(0, 1000));
}

/** Bytes; k, m or g after the number multiply by powers of 1024. */
export function byteSize(text: string): number {
  const match = /^(\d+)([kmg]?)$/i.exec(text.trim());
  const size = match ? Number(match[1]) * 1024 ** ['', 'k', 'm', 'g'].indexOf(match[2]!.toLowerCase()) : NaN;
  return number(String(size), (x) => x >= 1024 && x <= 1024 ** 4, 'a number of bytes such as 48m, from 1k on');
}

function minSize(text: string): number {
  const fits = (x: number) => (x > 0 && x < 1) || (x >= 12 && x < Infinity);
  return number(text, fits, 'a number of pixels from 12, or a share of the shorter side between 0 and 1');
}

/** Of the likeness of two faces: a distance or a cosine. */
export function likeness(text: string): number {
  return number(text, (x) => x > 0 && x < Infinity, 'a number above 0');
}

export function far(text: string): number {
  return number(text, (x) => x > 0 && x < 1, 'a rate between 0 and 1, such as 0.001');
}

export function thresholdStep(text: string): number {
  return number(text, (x) => x >= 1e-4 && x <= 0.1, 'a number from 0.0001 to 0.1');
}

function thresholds(text: string): [number, number, number] {
  const parts = text.split(',');
  if (parts.length !== 3) throw new InvalidArgumentError('It must be three numbers, such as 0.6,0.7,0.7.');
  const [p, r, o] = parts.map((part) => number(part, (x) => x >= 0 && x <= 1, 'three numbers from 0 to 1'));
  return [p!, r!, o!];
}

export function addEngineOptions(command: Command): Command {
  return command
    .addOption(new Option('--backend <name>', 'where the networks run').choices(['auto', ...BACKENDS]).default('auto'))
    .addOption(new Option('--engine <name>', 'what runs them').choices(ENGINES))
    .addOption(new Option('--precision <name>', 'of the weights').choices(PRECISIONS))
    .option('--model <id or file>', 'the embedder: an id (see `facenet-web models`), or a trained model’s file')
    .option('--json', 'print one JSON object on standard output');
}

/** Options of commands that find faces: of the engine, of the search, and those named in `more`. */
export function addFaceOptions(command: Command, ...more: readonly ('far' | 'turned')[]): Command {
  addEngineOptions(command);
  if (more.includes('far'))
    command.option('--far <rate>', 'false-accept rate a comparison that sets the threshold', far);
  command
    .option(
      '--min-size <size>',
      'smallest face to look for: pixels, or a share of the shorter side when under 1',
      minSize,
    )
    .option('--thresholds <p,r,o>', 'least score of each of MTCNN’s three networks', thresholds);
  return more.includes('turned')
    ? command.option('--turned', 'also find faces that are upside down or on their side')
    : command;
}

type StartFlags = Pick<CommonFlags, 'backend' | 'engine' | 'precision' | 'model'> & {
  readonly far?: number | undefined;
};

export function startOptions({ backend, engine, precision, model, far }: StartFlags): StartOptions {
  return {
    backend,
    ...(engine && { engine }),
    ...(precision && { precision }),
    ...(model && { model }),
    ...(far !== undefined && { far }),
  };
}

export function detectOptions({ minSize, thresholds, turned }: CommonFlags): DetectOptions {
  return { ...(minSize !== undefined && { minSize }), ...(thresholds && { thresholds }), ...(turned && { turned }) };
}

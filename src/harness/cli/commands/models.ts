import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { PRECISIONS } from '../../../core/types';
import { modelFileName } from '../../../weights/files';
import type { ModelRow } from '../../../weights/modelRow';
import type { TrainedInfo } from '../../../weights/trained';
import { MODELS } from '../../../weights/registry';
import type { ModelEntry, ModelsOutput } from '../output';
import { fillModelsFolder, prepareEmbedded } from '../prepareModels';
import type { Reporter, Runner } from '../reporter';
import { modelsFolder } from '../root';
import { addTrained, trainedEntries } from '../trainedFiles';

interface ModelsFlags {
  readonly get?: true;
  readonly from?: string;
  readonly float32?: true;
  readonly add?: string;
  readonly json?: true;
}

export function addModels(program: Command, run: Runner): void {
  program
    .command('models')
    .description('list the models and which of their files are here')
    .option('--get', 'get what is missing; FaceNet is downloaded from its publisher')
    .option('--from <folder>', 'take it from a folder first (default: the environment variable FACENET_MODELS)')
    .option('--float32', 'the large float32 files too (always where FACENET_MODELS is set)')
    .option('--add <file>', 'put a model that was trained with this program among them')
    .option('--json', 'print one JSON object on standard output')
    .action(run(models));
}

async function models(flags: ModelsFlags, reporter: Reporter): Promise<void> {
  if (flags.get || flags.from !== undefined || flags.float32) await get(flags, reporter);
  else await prepareEmbedded(reporter);
  if (flags.add !== undefined) sayAdded(await addTrained(flags.add, modelsFolder()), reporter);
  await list(reporter);
}

/** What a file says of itself nobody has checked: whoever uses it should know. */
function sayAdded({ title, threshold, selfTest }: TrainedInfo, reporter: Reporter): void {
  const untested = selfTest ? '' : ' It brings no test of itself.';
  reporter.note(
    `${title} is among the models now. Whoever made it chose its threshold, ${threshold.toFixed(2)}, below which two faces ` +
      `are one person.${untested}`,
  );
}

async function get({ from, float32 }: ModelsFlags, reporter: Reporter): Promise<void> {
  const variable = process.env['FACENET_MODELS'] || undefined;
  await fillModelsFolder({ from: from ?? variable, float32: float32 ?? variable !== undefined }, reporter);
}

/** Here is a file of the right length; its SHA-256 is checked whenever it is loaded. */
async function isHere(name: string, bytes: number): Promise<boolean> {
  return stat(join(modelsFolder(), name)).then(
    (entry) => entry.size === bytes,
    () => false,
  );
}

async function entryOf(row: ModelRow): Promise<ModelEntry> {
  const files: ModelEntry['files'] = [];
  for (const precision of PRECISIONS) {
    const bytes = row.files[precision]?.bytes;
    if (bytes === undefined) continue;
    files.push({ precision, bytes, present: await isHere(modelFileName(row.id, precision), bytes) });
  }
  const { id, title, kind, licence, credit } = row;
  const embedder = row.kind === 'embedder' ? { embeddingSize: row.embeddingSize, threshold: row.threshold } : null;
  return { id, title, kind, licence, credit, ...embedder, files };
}

/** An entry a model, with all its files. */
async function trainedModels(): Promise<ModelEntry[]> {
  const entries = await trainedEntries(modelsFolder());
  return [...new Set(entries.map(({ info }) => info.id))].map((id): ModelEntry => {
    const own = entries.filter(({ info }) => info.id === id);
    const { title, licence, credit, embeddingSize, threshold } = own[0]!.info;
    const files = own.map(({ precision, bytes }) => ({ precision, bytes, present: true }));
    return { id, title, kind: 'embedder', licence, credit, embeddingSize, threshold, files };
  });
}

async function list(reporter: Reporter): Promise<void> {
  const models = [...(await Promise.all(MODELS.map(entryOf))), ...(await trainedModels())];
  const output: ModelsOutput = { models };
  for (const { id, title, licence, credit, files } of output.models) {
    reporter.line(`${id}  ${title}`);
    for (const { precision, bytes, present } of files) {
      const size = `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);
      reporter.line(`  ${precision.padEnd(8)}${size}  ${present ? 'here' : 'not here'}`);
    }
    reporter.line(`  licence: ${licence}`);
    reporter.line(`  credit: ${credit}`);
  }
  reporter.object(output);
}

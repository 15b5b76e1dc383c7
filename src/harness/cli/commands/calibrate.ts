import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { count } from '../../../core/count';
import { calibrateCohort } from '../../../evaluate/cohort/calibrate';
import { writeCohort } from '../../../weights/cohortFile';
import { cohortFileName } from '../../../weights/cohorts';
import { findEmbedder } from '../../../weights/registry';
import { readCohortFaces } from '../cohortFaces';
import type { Reporter, Runner } from '../reporter';
import { writeWhole } from '../writeWhole';

/** The rates at which each group's own rate is shown. */
const SHOWN = [1e-4, 1e-3, 1e-2];
/** The same files give the same cohort. */
const SEED = 1;

interface CalibrateFlags {
  readonly cohort: string;
  readonly groups: string;
  readonly twiceBy?: string;
  readonly model: string;
  readonly out: string;
  readonly json?: true;
}

export function addCalibrate(program: Command, run: Runner): void {
  program
    .command('calibrate')
    .description(
      'make a model’s cohort and its table of false-accept rates from embeddings of people who are all different',
    )
    .requiredOption(
      '--cohort <file>',
      'a .npy matrix, a row a person; of 8 bits (x-int8.npy) with x-scale.npy beside it',
    )
    .requiredOption('--groups <file>', 'a CSV with a line a row: age, sex, ancestry')
    .requiredOption('--model <id>', 'the embedder that made the embeddings')
    .requiredOption('--out <folder>', 'for <id>.safetensors (the cohort) and <id>.json (the registry’s row)')
    .option(
      '--twice-by <file>',
      'embeddings of the same rows that know people who are there twice (default: the cohort’s)',
    )
    .option('--json', 'print one JSON object on standard output')
    .action(run(calibrate));
}

async function calibrate({ cohort, groups, twiceBy = cohort, model, out }: CalibrateFlags, reporter: Reporter) {
  const { id } = findEmbedder(model);
  const faces = await readCohortFaces(cohort, groups, twiceBy);
  const {
    form,
    centres,
    points,
    tried,
    groups: measured,
  } = calibrateCohort(faces, SEED, (part, of) => reporter.note(`Cohort ${part} of ${of} for cross-validation`));
  const { columns } = faces.table;
  const { bytes, row } = await writeCohort(centres, columns, { ...form, seed: SEED, of: id, calibration: points });
  await mkdir(out, { recursive: true });
  await writeWhole(join(out, cohortFileName(row)), bytes);
  await writeWhole(join(out, `${id}.json`), `${JSON.stringify(row, null, 2)}\n`);
  const spread = tried.find(({ nearest, power }) => nearest === form.nearest && power === form.power)!.spread;
  reporter.line(
    `${count(centres.length / columns, 'centre')} of ${count(faces.table.rows, 'face')}; nearest ${form.nearest}, power ${form.power}, ` +
      `rates apart by a factor of ${Math.exp(spread).toFixed(2)} (standard deviation)`,
  );
  for (const { far, distance } of points) reporter.line(`${far}  ${distance.toFixed(4)}`);
  for (const { group, rates } of measured) {
    const at = rates.filter(({ far }) => SHOWN.includes(far)).map(({ far, rate }) => `${far}: ${rate.toPrecision(2)}`);
    reporter.line(`${group}  ${at.join(', ')}`);
  }
  reporter.object({ ...row, tried, groups: measured });
}

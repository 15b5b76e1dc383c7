import type { Command } from 'commander';
import { count } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import { biasNotes, measuredText, percentText, promiseText, spreadText } from '../../../evaluate/bias/biasWords';
import { measureBias, type BeforeAfter, type BiasReport, type PairShare } from '../../../evaluate/bias/measureBias';
import { stackFaces } from '../../../evaluate/bias/stackFaces';
import { faceVector, type FaceVector } from '../faceVector';
import {
  addDetectOptions,
  addEngineOptions,
  addFarOption,
  addTurnedOption,
  detectOptions,
  startOptions,
  wholeNumber,
  type CommonFlags,
} from '../options';
import type { BiasOutput, EntryError } from '../output';
import { Report } from '../report';
import { eachPicture, findReadable, peopleIn } from '../run';
import { withSession } from '../session';

interface BiasFlags extends CommonFlags {
  readonly gallery: number;
}

export function addBias(program: Command, done: (report: Report) => void): void {
  const command = program
    .command('bias')
    .description('measure how evenly false accepts fall on groups of people who are all different')
    .argument('<folder>', 'a folder of pictures a group, a picture a person')
    .option('--gallery <n>', 'people enrolled when strangers of their group are shown', wholeNumber(1, 1e5), 100);
  addTurnedOption(addDetectOptions(addFarOption(addEngineOptions(command)))).action(
    async (folder: string, flags: BiasFlags) => {
      const report = new Report(flags.json === true);
      await bias(folder, flags, report);
      done(report);
    },
  );
}

async function bias(folder: string, flags: BiasFlags, report: Report): Promise<void> {
  const files = await findReadable([folder], report);
  const groupOf = peopleIn(files, report);
  const loose = files.filter((file) => groupOf(file) === null).map(({ path }) => path);
  const grouped = files.filter((file) => groupOf(file) !== null);
  if (grouped.length === 0)
    throw new FaceError('evaluate/too-few', { reason: `${folder} has no folder of pictures for each group.` });
  if (loose.length > 0)
    report.note(`${count(loose.length, 'picture')} left out because of no group: ${loose.join(', ')}`);
  await withSession(startOptions(flags), report, async (session) => {
    const faces: (FaceVector & { group: string; name: string })[] = [];
    const failed: { picture: string; error: EntryError }[] = [];
    const outcomes = eachPicture(session, report, grouped, (picture) =>
      faceVector(session, picture, false, detectOptions(flags)),
    );
    for await (const outcome of outcomes) {
      const { file } = outcome;
      if ('error' in outcome) failed.push({ picture: file.path, error: outcome.error });
      else faces.push({ ...outcome.result, group: groupOf(file)!, name: file.path });
    }
    const { model, precision, far, cohort, threshold, plainThreshold, twiceDistance, embeddingSize } = session.state;
    const measured = await measureBias(stackFaces(faces, embeddingSize), {
      far,
      evened: cohort !== null,
      gallery: flags.gallery,
      normalised: threshold,
      plain: plainThreshold,
      twice: twiceDistance,
    });
    const notes = biasNotes(measured);
    for (const line of lines(measured)) report.line(line);
    for (const { picture, of } of measured.twice) report.note(`${picture} shows the person of ${of}: left out.`);
    for (const note of notes) report.line(note);
    const output: BiasOutput = { model, precision, ...measured, notes, loose, failed };
    report.object(output);
  });
}

/** For people: a table of the groups, what is between them, and strangers. */
function* lines(report: BiasReport): Generator<string> {
  const { far, evened, threshold, plainThreshold, groups, between, across } = report;
  yield (
    `promised: ${promiseText(far)} pairs of strangers (${percentText(far)}); before: plain distance ${plainThreshold.toFixed(3)}; ` +
    `after: ${evened ? 'evened out over kinds of faces, ' : ''}${threshold.toFixed(3)}; in brackets 95 % intervals over people`
  );
  yield '';
  yield* columns([
    ['false accepts within', 'people', 'pairs', 'before', 'after'],
    ...groups.map((group) => [group.group, `${group.people}`, ...shareCells(group)]),
  ]);
  if (across.pairs > 0) {
    yield '';
    const shown = between
      .toSorted((a, b) => rateOf(b, 'plain') - rateOf(a, 'plain'))
      .toSorted((a, b) => rateOf(b, 'normalised') - rateOf(a, 'normalised'))
      .slice(0, MOST_BETWEEN);
    yield* columns([
      ['false accepts between', 'pairs', 'before', 'after'],
      ['all groups', ...shareCells(across)],
      ...(between.length > 1 ? shown : []).map((share) => [share.groups.join(' – '), ...shareCells(share)]),
    ]);
    if (between.length > MOST_BETWEEN) yield `the ${MOST_BETWEEN} highest of ${between.length}; --json has all`;
  }
  yield '';
  yield* columns([
    ['strangers taken for somebody', 'gallery', 'promised', 'before', 'after'],
    ...groups.flatMap(({ group, strangers }) =>
      strangers ? [[group, `${strangers.gallery}`, percentText(strangers.promised), ...cells(strangers)]] : [],
    ),
  ]);
  yield '';
  const spread = spreadText(report);
  if (spread !== null) yield spread;
}

const MOST_BETWEEN = 10;

function shareCells({ pairs, accepted }: PairShare): string[] {
  return [`${pairs}`, ...(accepted ? cells(accepted) : ['', ''])];
}

function rateOf({ accepted }: PairShare, kind: keyof BeforeAfter): number {
  return accepted?.[kind].rate ?? -1;
}

function cells({ plain, normalised }: BeforeAfter): string[] {
  return [measuredText(plain), measuredText(normalised)];
}

/** Rows of cells as lines: the first cell to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
  );
}

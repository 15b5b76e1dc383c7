import type { Command } from 'commander';
import { count } from '../../../core/count';
import type { BiasOutput } from '../../../evaluate/bias/biasOutput';
import { biasTables } from '../../../evaluate/bias/biasTables';
import { biasNotes, noGroups, ruleText, spreadText } from '../../../evaluate/bias/biasWords';
import { biasRule, measureBias, type BiasReport } from '../../../evaluate/bias/measureBias';
import { stackFaces, type BiasFace } from '../../../evaluate/bias/stackFaces';
import { faceVectors } from '../faceVector';
import { addFaceOptions, startOptions, wholeNumber, type CommonFlags } from '../options';
import type { Failure } from '../output';
import type { Reporter, Runner } from '../reporter';
import { findReadable, peopleIn } from '../run';
import { withSession } from '../session';

interface BiasFlags extends CommonFlags {
  readonly gallery: number;
}

export function addBias(program: Command, run: Runner): void {
  const command = program
    .command('bias')
    .description('measure how evenly false accepts fall on groups of people who are all different')
    .argument('<folder>', 'a folder of pictures a group, a picture a person')
    .option('--gallery <n>', 'people enrolled when strangers of their group are shown', wholeNumber(1, 1e5), 100);
  addFaceOptions(command, 'far', 'turned').action(run(bias));
}

async function bias(folder: string, flags: BiasFlags, reporter: Reporter): Promise<void> {
  const files = await findReadable([folder], reporter);
  const groupOf = peopleIn(files, reporter, 'group');
  const loose = files.filter((file) => groupOf(file) === null).map(({ path }) => path);
  const grouped = files.filter((file) => groupOf(file) !== null);
  if (grouped.length === 0) throw noGroups(folder);
  if (loose.length > 0)
    reporter.note(`${count(loose.length, 'picture')} in no group’s folder, left out: ${loose.join(', ')}`);
  await withSession(startOptions(flags), reporter, async (session) => {
    const faces: BiasFace[] = [];
    const failed: Failure[] = [];
    for await (const { file, result } of faceVectors(session, reporter, grouped, failed, flags))
      faces.push({ ...result, group: groupOf(file)!, name: file.path });
    const { model, precision, embeddingSize } = session.state;
    const measured = await measureBias(stackFaces(faces, embeddingSize), biasRule(session.state, flags.gallery));
    const notes = biasNotes(measured);
    for (const line of lines(measured)) reporter.line(line);
    for (const { picture, of } of measured.twice) reporter.note(`${picture} shows the person of ${of}: left out.`);
    for (const note of notes) reporter.line(note);
    const output: BiasOutput = { model, precision, ...measured, notes, loose, failed };
    reporter.object(output);
  });
}

/** For people: a table of the groups, what is between them, and strangers. */
function* lines(report: BiasReport): Generator<string> {
  yield ruleText(report);
  yield '';
  for (const { title, head, rows, leftOut } of biasTables(report)) {
    yield* columns([[title, ...head.slice(1)], ...rows]);
    if (leftOut > 0) yield `${leftOut} more with lower rates; --json has all`;
    yield '';
  }
  const spread = spreadText(report);
  if (spread !== null) yield spread;
}

/** Rows of cells as lines: the first cell to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
  );
}

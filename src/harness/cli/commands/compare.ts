import type { Command } from 'commander';
import { FaceError } from '../../../core/errors';
import { normalisedDistance } from '../../../core/cohort';
import { euclidean } from '../../../core/vectors';
import { addFaceOptions, startOptions, type CommonFlags } from '../options';
import type { CompareOutput, Failure } from '../output';
import type { Reporter, Runner } from '../reporter';
import { findPictures } from '../run';
import { faceVectors, type FaceVector } from '../faceVector';
import { withSession } from '../session';

interface CompareFlags extends CommonFlags {
  readonly aligned?: true;
}

export function addCompare(program: Command, run: Runner): void {
  const command = program
    .command('compare')
    .description('distances between the most probable face of each picture, and which are the same person')
    .argument('<pictures...>', 'two or more pictures, or folders of them')
    .option('--aligned', 'the pictures are aligned faces: take them as they are');
  addFaceOptions(command, 'far', 'turned').action(run(compare));
}

async function compare(paths: readonly string[], flags: CompareFlags, reporter: Reporter): Promise<void> {
  const files = await findPictures(paths, reporter);
  await withSession(startOptions(flags), reporter, async (session) => {
    const pictures: string[] = [];
    const faces: FaceVector[] = [];
    const failed: Failure[] = [];
    for await (const { file, result } of faceVectors(session, reporter, files, failed, flags)) {
      pictures.push(file.path);
      faces.push(result);
    }
    if (faces.length < 2) throw new FaceError('harness/too-few', { found: faces.length });
    const { threshold } = session.state;
    const distances = faces.map((a) => faces.map((b) => euclidean(a.vector, b.vector)));
    const normalised = distances.map((row, i) =>
      row.map((distance, j) => normalisedDistance(distance, faces[i]!.scale, faces[j]!.scale)),
    );
    const same = normalised.map((row) => row.map((distance) => distance <= threshold));
    const missing = failed.length > 0 && { failed };
    const output: CompareOutput = { pictures, distances, normalised, threshold, same, ...missing };
    for (const line of table(output)) reporter.line(line);
    reporter.object(output);
  });
}

/** The matrix for people: numbered columns; `=` after the distance of one person's faces. */
function* table({ pictures, distances, threshold, same }: CompareOutput): Generator<string> {
  const width = Math.max(...pictures.map((picture) => picture.length)) + 4;
  yield ' '.repeat(width) + pictures.map((_, i) => `${i + 1}`.padStart(8)).join('');
  for (const [i, picture] of pictures.entries()) {
    const cells = distances[i]!.map((distance, j) => `${distance.toFixed(4)}${same[i]![j] ? '=' : ' '}`.padStart(8));
    yield `${i + 1}`.padStart(2) + `  ${picture}`.padEnd(width - 2) + cells.join('');
  }
  yield `= the same person: distance at most ${threshold.toFixed(3)} after evening out over kinds of faces`;
}

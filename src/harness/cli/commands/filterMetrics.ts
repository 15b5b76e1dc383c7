import type { Command } from 'commander';
import { count } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import { centreDistances } from '../../../train/split';
import { faceVector } from '../faceVector';
import { addFaceOptions, detectOptions, startOptions, type CommonFlags } from '../options';
import type { Failure, FilterMetricsOutput } from '../output';
import type { PictureFile } from '../pictures';
import type { Reporter, Runner } from '../reporter';
import { eachResult, findReadable, peopleIn } from '../run';
import { withSession } from '../session';
import type { CentreDistance, CentreFile } from '../train/centreFile';
import { byPerson, peopleOf } from '../train/people';
import { assertOutFolder, writeWhole } from '../writeWhole';

interface FilterMetricsFlags extends CommonFlags {
  readonly out: string;
  readonly aligned?: true;
}

export function addFilterMetrics(program: Command, run: Runner): void {
  const command = program
    .command('filter-metrics')
    .description('measure how far each picture lies from the centre of its person’s, for `train --filter`')
    .argument('<folder>', 'a folder of pictures for each person')
    .requiredOption('--out <file>', 'the JSON file: label, picture and distance of each')
    .option('--aligned', 'the pictures are aligned faces (from `align`): take them as they are');
  addFaceOptions(command).action(run(filterMetrics));
}

/** Only one person's embeddings are in memory at a time. A picture without a face is named on standard error and is not in the file. */
async function filterMetrics(folder: string, flags: FilterMetricsFlags, reporter: Reporter): Promise<void> {
  const files = await findReadable([folder], reporter);
  const personOf = peopleIn(files, reporter);
  const { people, ...labelled } = peopleOf(files);
  await assertOutFolder(flags.out);
  await withSession(startOptions(flags), reporter, async (session) => {
    const pictures: CentreDistance[] = [];
    const noFace: string[] = [];
    const failed: Failure[] = [];
    let label = '';
    let person: { readonly file: PictureFile; readonly vector: Float32Array }[] = [];
    const close = () => {
      const rows = Float32Array.from(person.flatMap(({ vector }) => [...vector]));
      const distances = centreDistances(rows, new Int32Array(person.length));
      person.forEach(({ file }, i) => pictures.push({ label, picture: file.inside, distance: distances[i]! }));
      person = [];
    };
    const embed = async (picture: Parameters<typeof faceVector>[1]) => {
      try {
        return (await faceVector(session, picture, flags.aligned === true, detectOptions(flags))).vector;
      } catch (thrown) {
        if (thrown instanceof FaceError && thrown.code === 'harness/no-face') return null;
        throw thrown;
      }
    };
    for await (const { file, result } of eachResult(session, reporter, byPerson(labelled), failed, embed)) {
      if (personOf(file) !== label) close();
      label = personOf(file) ?? '';
      if (result) person.push({ file, vector: result });
      else {
        noFace.push(file.path);
        reporter.note(`${file.path}: no face`);
      }
    }
    close();
    const { model } = session.state;
    const content: CentreFile = { model, pictures };
    await writeWhole(flags.out, `${JSON.stringify(content)}\n`);
    reporter.line(
      `${count(pictures.length, 'distance')} of ${count(people.length, 'person', 'people')}: ${flags.out}; ${count(noFace.length, 'picture')} without a face`,
    );
    const counts = { people: people.length, pictures: pictures.length };
    const output: FilterMetricsOutput = { file: flags.out, model, ...counts, noFace, failed };
    reporter.object(output);
  });
}

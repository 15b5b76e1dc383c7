import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { count } from '../../../core/count';
import { oneLine } from '../../../core/names';
import { writeNpy } from '../../../weights/formats/npy';
import { faceVectors } from '../faceVector';
import { NpyRows } from '../npy';
import { addFaceOptions, startOptions, type CommonFlags } from '../options';
import type { EmbedOutput, Failure } from '../output';
import { assertOutFolder } from '../writeWhole';
import type { PictureFile } from '../pictures';
import type { Reporter, Runner } from '../reporter';
import { findPictures, peopleIn } from '../run';
import { withSession } from '../session';

interface EmbedFlags extends CommonFlags {
  readonly out: string;
  readonly aligned?: true;
}

export function addEmbed(program: Command, run: Runner): void {
  const command = program
    .command('embed')
    .description('write the embedding of each picture’s most probable face as a NumPy array, with labels')
    .argument('<folder>', 'class folders of pictures')
    .requiredOption('--out <file>', 'the .npy file; labels are written beside it')
    .option('--aligned', 'the pictures are aligned faces (from `align`): take them as they are');
  addFaceOptions(command).action(run(embed));
}

/**
 * Writes `<out>.npy` (float32, a row a face), `<out>.labels.npy` (int32, the number of each row's class, classes in
 * order of their names) and `<out>.labels.txt` (class, tab, picture, a line a row).
 */
async function embed(folder: string, flags: EmbedFlags, reporter: Reporter): Promise<void> {
  const files = await findPictures([folder], reporter);
  const read = files.filter(({ problem }) => !problem);
  const personOf = peopleIn(read, reporter);
  const classOf = (file: PictureFile) => personOf(file) ?? '';
  await assertOutFolder(flags.out);
  const classes = [...new Set(read.map(classOf))].sort();
  const base = flags.out.replace(/\.npy$/i, '');
  const paths = { embeddings: `${base}.npy`, labels: `${base}.labels.npy`, names: `${base}.labels.txt` };
  await withSession(startOptions(flags), reporter, async (session) => {
    const rows = await NpyRows.create(paths.embeddings);
    const labels: number[] = [];
    const names: string[] = [];
    const failed: Failure[] = [];
    let columns = 0;
    for await (const { file, result } of faceVectors(session, reporter, files, failed, flags)) {
      const { vector } = result;
      columns = vector.length;
      await rows.append(vector);
      labels.push(classes.indexOf(classOf(file)));
      names.push(`${oneLine(classOf(file))}\t${oneLine(file.inside)}\n`);
    }
    await rows.end(columns);
    await writeFile(paths.labels, writeNpy({ shape: [labels.length], data: Int32Array.from(labels) }));
    await writeFile(paths.names, names.join(''));
    reporter.line(`${count(rows.rows, 'embedding')} of ${count(columns, 'number')}: ${paths.embeddings}`);
    reporter.line(`labels: ${paths.labels}, ${paths.names}`);
    const output: EmbedOutput = { ...paths, model: session.state.model, shape: [rows.rows, columns], failed };
    reporter.object(output);
  });
}

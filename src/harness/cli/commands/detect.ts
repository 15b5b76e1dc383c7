import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { count } from '../../../core/count';
import { mentionsLeastFace } from '../../../client/leastFace';
import { Drawing } from '../drawing';
import { addFaceOptions, detectOptions, startOptions, type CommonFlags } from '../options';
import { assertOutFolder } from '../writeWhole';
import { detectedFace, type DetectOutput } from '../output';
import type { Reporter, Runner } from '../reporter';
import { eachPicture, findPictures } from '../run';
import { withSession } from '../session';

interface DetectFlags extends CommonFlags {
  readonly out?: string;
  readonly draw?: string;
}

export function addDetect(program: Command, run: Runner): void {
  const command = program
    .command('detect')
    .description('find the faces in pictures: boxes, scores and five points')
    .argument('<pictures...>', 'pictures, or folders of them')
    .option('--out <file>', 'write the boxes to a JSON file')
    .option('--draw <folder>', 'write copies with the boxes drawn on them');
  addFaceOptions(command, 'turned').action(run(detect));
}

async function detect(paths: readonly string[], flags: DetectFlags, reporter: Reporter): Promise<void> {
  const files = await findPictures(paths, reporter);
  if (flags.out !== undefined) await assertOutFolder(flags.out);
  const output: DetectOutput = { pictures: [] };
  await withSession(startOptions(flags), reporter, async (session) => {
    const drawing = flags.draw === undefined ? null : new Drawing(session, flags.draw, files);
    const outcomes = eachPicture(session, reporter, files, async (picture, file) => {
      const found = await session.call('detect', picture, detectOptions(flags));
      const drawn = found.faces.map(({ box, score }) => ({ box, label: score.toFixed(2), known: true }));
      await drawing?.draw(file, picture, drawn);
      return found;
    });
    for await (const outcome of outcomes) {
      const picture = outcome.file.path;
      if ('error' in outcome) {
        output.pictures.push({ picture, faces: [], error: outcome.error });
        continue;
      }
      const { width, height, faces, leastFace } = outcome.result;
      const least = Math.round(leastFace);
      output.pictures.push({ picture, width, height, faces: faces.map(detectedFace), leastFace: least });
      reporter.line(`${picture}: ${count(faces.length, 'face')}`);
      if (mentionsLeastFace(leastFace, faces.length))
        reporter.line(`  faces less than ${least} pixels wide were not looked for (--min-size)`);
      for (const { box, score } of faces) {
        const corner = `${Math.round(box.x0)}, ${Math.round(box.y0)}`;
        const size = `${Math.round(box.x1 - box.x0)}×${Math.round(box.y1 - box.y0)}`;
        reporter.line(`  ${size} at ${corner}  score ${score.toFixed(3)}`);
      }
    }
  });
  if (flags.out !== undefined) await writeFile(flags.out, `${JSON.stringify(output)}\n`);
  reporter.object(output);
}

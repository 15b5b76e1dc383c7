import type { Command } from 'commander';
import { certaintyText } from '../../../core/certainty';
import type { RecognisedFace as FoundFace } from '../../../core/types';
import type { DrawnFace } from '../../page/draw';
import { Drawing } from '../drawing';
import { enrol } from '../gallery';
import { addFaceOptions, detectOptions, startOptions, type CommonFlags } from '../options';
import { recognisedFace, type RecogniseOutput, type RecognisedFace } from '../output';
import type { Reporter, Runner } from '../reporter';
import { eachPicture, findPictures, printFaces } from '../run';
import { withSession } from '../session';

interface RecogniseFlags extends CommonFlags {
  readonly gallery: string;
  readonly draw?: string;
}

export function addRecognise(program: Command, run: Runner): void {
  const command = program
    .command('recognise')
    .description('name the faces in pictures by a gallery of people')
    .argument('<pictures...>', 'pictures, or folders of them')
    .requiredOption('--gallery <folder>', 'a picture, or a folder of pictures, a person; its name is the person’s')
    .option('--draw <folder>', 'write copies with boxes and names drawn on them');
  addFaceOptions(command, 'far', 'turned').action(run(recognise));
}

async function recognise(paths: readonly string[], flags: RecogniseFlags, reporter: Reporter): Promise<void> {
  const known = await findPictures([flags.gallery], reporter);
  const files = await findPictures(paths, reporter);
  await withSession(startOptions(flags), reporter, async (session) => {
    const gallery = await enrol(session, known, flags, reporter);
    const { model, threshold } = session.state;
    const drawing = flags.draw === undefined ? null : new Drawing(session, flags.draw, files);
    const outcomes = eachPicture(session, reporter, files, async (picture, file) => {
      const { faces } = await session.call('recognise', picture, detectOptions(flags));
      await drawing?.draw(file, picture, faces.map(drawnFace));
      return faces.map(({ detection, match }) => recognisedFace(detection, match));
    });
    const pictures = await printFaces(outcomes, reporter, describe);
    const output: RecogniseOutput = { model, threshold, gallery, pictures };
    reporter.object(output);
  });
}

function drawnFace({ detection, match }: FoundFace): DrawnFace {
  return { box: detection.box, label: match.person ?? 'unknown', known: match.person !== null };
}

/** One face in words: “daniel-burbank  distance 0.72  certainty 99.98 %”. */
function describe({ name, nearest, distance, certainty }: RecognisedFace): string {
  if (distance === null) return 'unknown';
  if (name === null) return `unknown  nearest ${nearest}, distance ${distance.toFixed(2)}`;
  const percent = certainty === null ? '' : `  certainty ${certaintyText(certainty)}`;
  return `${name}  distance ${distance.toFixed(2)}${percent}`;
}

import type { Command } from 'commander';
import { FaceError } from '../../../core/errors';
import type { DrawnFace, FoundFace, PictureRef } from '../../bridge';
import { Drawing } from '../drawing';
import { faceVector } from '../faceVector';
import {
  addDetectOptions,
  addEngineOptions,
  addTurnedOption,
  addFarOption,
  detectOptions,
  startOptions,
  type CommonFlags,
} from '../options';
import { recognisedFace, type RecogniseOutput, type RecognisedFace } from '../output';
import { picturesOf, stem, type PictureFile } from '../pictures';
import { Report } from '../report';
import { eachPicture, findPictures, tellFaces } from '../run';
import { withSession, type Session } from '../session';

interface RecogniseFlags extends CommonFlags {
  readonly gallery: string;
  readonly draw?: string;
}

export function addRecognise(program: Command, done: (report: Report) => void): void {
  const command = program
    .command('recognise')
    .description('name the faces in pictures by a gallery of people')
    .argument('<pictures...>', 'pictures, or folders of them')
    .requiredOption('--gallery <folder>', 'a picture, or a folder of pictures, a person; its name is the person’s')
    .option('--draw <folder>', 'write copies with boxes and names drawn on them');
  addTurnedOption(addDetectOptions(addFarOption(addEngineOptions(command)))).action(
    async (paths: string[], flags: RecogniseFlags) => {
      const report = new Report(flags.json === true);
      await recognise(paths, flags, report);
      done(report);
    },
  );
}

/** The person of a gallery picture: the folder directly in the gallery, or the file's own name without its ending. */
export function personOf({ inside }: PictureFile): string {
  const [first, ...rest] = inside.split('/');
  return rest.length > 0 ? first! : stem(inside);
}

async function recognise(paths: readonly string[], flags: RecogniseFlags, report: Report): Promise<void> {
  const gallery = await picturesOf(flags.gallery);
  const files = await findPictures(paths, report);
  await withSession(startOptions(flags), report, async (session) => {
    await enrol(session, gallery, flags, report);
    const { model, threshold } = session.state;
    const drawing = flags.draw === undefined ? null : new Drawing(session, flags.draw, files);
    const outcomes = eachPicture(session, report, files, async (picture, file) => {
      const { faces } = await session.call('recognise', { picture, options: detectOptions(flags) });
      await drawing?.draw(file, picture, faces.map(drawnFace));
      return faces.map(({ detection, match }) => recognisedFace(detection, match));
    });
    const output: RecogniseOutput = { model, threshold, pictures: await tellFaces(outcomes, report, describe) };
    report.object(output);
  });
}

/** Takes the most probable face of each gallery picture. Throws `harness/empty-gallery` when none shows one. */
async function enrol(
  session: Session,
  gallery: readonly PictureFile[],
  flags: RecogniseFlags,
  report: Report,
): Promise<void> {
  const known: { person: string; vector: number[] }[] = [];
  const embed = (picture: PictureRef) => faceVector(session, picture, false, detectOptions(flags));
  const outcomes = eachPicture(session, report, gallery, embed, 'Gallery');
  for await (const outcome of outcomes)
    if ('result' in outcome) known.push({ person: personOf(outcome.file), vector: outcome.result });
  if (known.length === 0) throw new FaceError('harness/empty-gallery', { path: flags.gallery });
  const { people } = await session.call('setGallery', { faces: known });
  report.note(`Gallery: ${people === 1 ? '1 person' : `${people} people`} from ${gallery.length} pictures`);
}

function drawnFace({ detection, match }: FoundFace): DrawnFace {
  return { box: detection.box, label: match.person ?? 'unknown', known: match.person !== null };
}

/** One face in words: “daniel-burbank  distance 0.72  certainty 99.98 %”. */
function describe({ name, nearest, distance, certainty }: RecognisedFace): string {
  if (distance === null) return 'unknown';
  if (name === null) return `unknown  nearest ${nearest}, distance ${distance.toFixed(2)}`;
  // Cut off, not rounded: nothing is ever 100 % certain.
  const percent = certainty === null ? '' : `  certainty ${(Math.floor(certainty * 10_000) / 100).toFixed(2)} %`;
  return `${name}  distance ${distance.toFixed(2)}${percent}`;
}

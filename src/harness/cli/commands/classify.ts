import { readFile, writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { CLASSIFIER_KINDS, trainClassifier, type ClassifierKind } from '../../../classify/classifier';
import { nameFace, readClassifier, writeClassifier, type TrainedClassifier } from '../../../classify/file';
import { packSamples } from '../../../classify/samples';
import { FaceError } from '../../../core/errors';
import { splitClasses, type SplitFlags } from '../classSplit';
import { faceVector } from '../faceVector';
import {
  addDetectOptions,
  addEngineOptions,
  addTurnedOption,
  addFarOption,
  detectOptions,
  startOptions,
  wholeNumber,
  type CommonFlags,
} from '../options';
import { boxOf, type ClassifiedFace, type ClassifyOutput, type ClassifyTrainOutput } from '../output';
import { assertOutFolder } from '../outFolder';
import { classOf, picturesOf, type PictureFile } from '../pictures';
import { Report } from '../report';
import { eachPicture, findPictures, tellFaces } from '../run';
import { withSession, type Session } from '../session';

const SEED = 1;
interface TrainFlags extends CommonFlags, SplitFlags {
  readonly out: string;
  readonly kind: ClassifierKind;
}

export function addClassify(program: Command, done: (report: Report) => void): void {
  const classify = program.command('classify').description('a classifier that is trained on embeddings of people');
  const train = classify
    .command('train')
    .description('learn to tell people apart by the most probable face of each picture')
    .argument('<folder>', 'a folder of pictures a person')
    .requiredOption('--out <file>', 'the classifier')
    .addOption(new Option('--kind <name>', 'linear machine or regression').choices(CLASSIFIER_KINDS).default('svm'))
    .option('--min-images <n>', 'people with fewer pictures are left out (20 with --test, else 1)', wholeNumber(1, 1e6))
    .option(
      '--train-images <n>',
      'the first n pictures of a person teach (10 with --test, else all)',
      wholeNumber(1, 1e6),
    )
    .option('--test', 'test on each person’s other pictures');
  addTurnedOption(addDetectOptions(addFarOption(addEngineOptions(train)))).action(
    async (folder: string, flags: TrainFlags) => {
      const report = new Report(flags.json === true);
      await trainCommand(folder, flags, report);
      done(report);
    },
  );
  const predict = classify
    .command('predict')
    .description('name the faces in pictures by a classifier; unknown is an answer')
    .argument('<classifier>', 'the file that `classify train` wrote')
    .argument('<pictures...>', 'pictures, or folders of them');
  addTurnedOption(addDetectOptions(addFarOption(addEngineOptions(predict)))).action(
    async (file: string, paths: string[], flags: CommonFlags) => {
      const report = new Report(flags.json === true);
      await predictCommand(file, paths, flags, report);
      done(report);
    },
  );
}

interface Face {
  readonly name: string;
  readonly vector: number[];
}

async function trainCommand(folder: string, flags: TrainFlags, report: Report): Promise<void> {
  const chosen = splitClasses(await picturesOf(folder), flags);
  await assertOutFolder(flags.out);
  await withSession(startOptions(flags), report, async (session) => {
    const faces = await embed(session, chosen.train, flags, report);
    const samples = packSamples(faces);
    const trained: TrainedClassifier = {
      model: session.state.model,
      classifier: trainClassifier(flags.kind, samples, { seed: SEED }),
    };
    const tested = await embed(session, chosen.test, flags, report);
    const answers = tested.map(({ name, vector }) => ({
      truth: name,
      ...nameFace(trained, vector, session.state.threshold),
    }));
    await writeFile(flags.out, writeClassifier(trained));
    const output: ClassifyTrainOutput = {
      file: flags.out,
      model: trained.model,
      kind: flags.kind,
      people: samples.classes.length,
      trainedOn: samples.count,
      test: flags.test
        ? {
            pictures: answers.length,
            right: answers.filter(({ truth, nearest }) => truth === nearest).length,
            accuracy: answers.filter(({ truth, nearest }) => truth === nearest).length / answers.length,
            unknown: answers.filter(({ name }) => name === null).length,
          }
        : null,
    };
    report.line(`${output.people} people, ${output.trainedOn} faces: ${output.file}`);
    if (output.test)
      report.line(
        `accuracy ${output.test.accuracy.toFixed(4)} on ${output.test.pictures} other pictures; ${output.test.unknown} would be called unknown`,
      );
    report.object(output);
  });
}

async function embed(
  session: Session,
  files: readonly PictureFile[],
  flags: CommonFlags,
  report: Report,
): Promise<Face[]> {
  const faces: Face[] = [];
  const outcomes = eachPicture(session, report, files, (picture) =>
    faceVector(session, picture, false, detectOptions(flags)),
  );
  for await (const outcome of outcomes)
    if ('result' in outcome) faces.push({ name: classOf(outcome.file), vector: outcome.result });
  return faces;
}

async function predictCommand(
  file: string,
  paths: readonly string[],
  flags: CommonFlags,
  report: Report,
): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new FaceError('harness/no-such-file', { path: file });
  });
  const trained = readClassifier(text, file);
  const files = await findPictures(paths, report);
  await withSession({ model: trained.model, ...startOptions(flags) }, report, async (session) => {
    const { threshold, model, embeddingSize } = session.state;
    // Embeddings of another model mean nothing to it.
    const { size } = trained.classifier.samples;
    if (model !== trained.model || embeddingSize !== size)
      throw new FaceError('classify/bad-file', {
        file,
        reason: `it was trained on the ${size} numbers a face of ${trained.model}, and ${model} gives ${embeddingSize}`,
      });
    const outcomes = eachPicture(session, report, files, async (picture): Promise<ClassifiedFace[]> => {
      const { faces } = await session.call('recognise', { picture, options: detectOptions(flags) });
      return faces.map(({ detection, vector }) => ({
        box: boxOf(detection.box),
        score: detection.score,
        ...nameFace(trained, vector, threshold),
      }));
    });
    const pictures = await tellFaces(outcomes, report, ({ name, nearest, probability, distance }) =>
      name === null
        ? `unknown  nearest ${nearest}, distance ${distance.toFixed(2)}`
        : `${name}  probability ${probability.toFixed(2)}  distance ${distance.toFixed(2)}`,
    );
    const output: ClassifyOutput = { model: trained.model, kind: trained.classifier.kind, threshold, pictures };
    report.object(output);
  });
}

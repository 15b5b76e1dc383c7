import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { CLASSIFIER_KINDS, trainClassifier, type ClassifierKind } from '../../../classify/classifier';
import { nameFace, readClassifier, writeClassifier, type TrainedClassifier } from '../../../classify/file';
import { packSamples } from '../../../classify/samples';
import { certaintyText } from '../../../core/certainty';
import { count } from '../../../core/count';
import { FaceError } from '../../../core/errors';
import { splitClasses, type SplitFlags } from '../classSplit';
import { readText } from '../diskReason';
import { faceVectors, scalesOf, vectorOf, type FaceVector } from '../faceVector';
import { addFaceOptions, detectOptions, startOptions, wholeNumber, type CommonFlags } from '../options';
import { boxOf, type ClassifiedFace, type ClassifyOutput, type ClassifyTrainOutput } from '../output';
import { assertOutFolder } from '../writeWhole';
import type { PictureFile } from '../pictures';
import type { Reporter, Runner } from '../reporter';
import { eachPicture, findPictures, findReadable, peopleIn, printFaces } from '../run';
import { withSession, type Session } from '../session';
import { isModelId } from '../trainedFiles';

const SEED = 1;
interface TrainFlags extends CommonFlags, SplitFlags {
  readonly out: string;
  readonly kind: ClassifierKind;
}

export function addClassify(program: Command, run: Runner): void {
  const classify = program.command('classify').description('a classifier that is trained on embeddings of people');
  const train = classify
    .command('train')
    .description('train on the most probable face of each person’s pictures')
    .argument('<folder>', 'a folder of pictures a person')
    .requiredOption('--out <file>', 'the classifier')
    .addOption(new Option('--kind <name>', 'linear machine or regression').choices(CLASSIFIER_KINDS).default('svm'))
    .option('--min-images <n>', 'people with fewer pictures are left out (20 with --test, else 1)', wholeNumber(1, 1e6))
    .option(
      '--train-images <n>',
      'train on the first n pictures of a person (10 with --test, else all)',
      wholeNumber(1, 1e6),
    )
    .option('--test', 'test on each person’s other pictures');
  addFaceOptions(train, 'far', 'turned').action(run(trainCommand));
  const predict = classify
    .command('predict')
    .description('name the faces in pictures by a classifier; unknown is an answer')
    .argument('<classifier>', 'the file that `classify train` wrote')
    .argument('<pictures...>', 'pictures, or folders of them');
  addFaceOptions(predict, 'far', 'turned').action(run(predictCommand));
}

const NOTHING_TO_TEST =
  'No picture was left to test with: every person’s pictures were trained on, or show no face that could be read.';

interface Face extends FaceVector {
  readonly name: string;
}

async function trainCommand(folder: string, flags: TrainFlags, reporter: Reporter): Promise<void> {
  const files = await findReadable([folder], reporter);
  const personOf = peopleIn(files, reporter);
  const chosen = splitClasses(files, flags, personOf);
  await assertOutFolder(flags.out);
  await withSession(startOptions(flags), reporter, async (session) => {
    const faces = await embed(session, chosen.train, personOf, flags, reporter);
    const samples = packSamples(faces);
    const trained: TrainedClassifier = {
      model: session.state.model,
      classifier: trainClassifier(flags.kind, samples, { seed: SEED }),
    };
    const tested = await embed(session, chosen.test, personOf, flags, reporter);
    const scales = faces.map(({ scale }) => scale);
    const answers = tested.map((face) => ({
      truth: face.name,
      ...nameFace(trained, scales, face, session.state.threshold),
    }));
    await writeFile(flags.out, writeClassifier(trained));
    const right = answers.filter(({ truth, nearest }) => truth === nearest).length;
    const untested = flags.test && answers.length === 0;
    const output: ClassifyTrainOutput = {
      file: flags.out,
      model: trained.model,
      kind: flags.kind,
      people: samples.classes.length,
      trainedOn: samples.count,
      test:
        answers.length > 0
          ? {
              pictures: answers.length,
              right,
              accuracy: right / answers.length,
              unknown: answers.filter(({ name }) => name === null).length,
            }
          : null,
      ...(untested && { note: NOTHING_TO_TEST }),
    };
    reporter.line(`${count(output.people, 'person', 'people')}, ${count(output.trainedOn, 'face')}: ${output.file}`);
    if (untested) reporter.note(NOTHING_TO_TEST);
    if (output.test)
      reporter.line(
        `accuracy ${output.test.accuracy.toFixed(4)} on ${count(output.test.pictures, 'other picture')}; ${output.test.unknown} would be called unknown`,
      );
    reporter.object(output);
  });
}

async function embed(
  session: Session,
  files: readonly PictureFile[],
  personOf: (file: PictureFile) => string | null,
  flags: CommonFlags,
  reporter: Reporter,
): Promise<Face[]> {
  const faces: Face[] = [];
  for await (const { file, result } of faceVectors(session, reporter, files, [], flags))
    faces.push({ name: personOf(file) ?? '', ...result });
  return faces;
}

async function predictCommand(
  file: string,
  paths: readonly string[],
  flags: CommonFlags,
  reporter: Reporter,
): Promise<void> {
  const trained = readClassifier(await readText(file), file);
  if (!isModelId(trained.model))
    throw new FaceError('classify/bad-file', { file, reason: `there is no model called ${trained.model}` });
  const files = await findPictures(paths, reporter);
  await withSession({ model: trained.model, ...startOptions(flags) }, reporter, async (session) => {
    const { threshold, model, embeddingSize } = session.state;
    // Embeddings of another model mean nothing to it.
    const { size, vectors } = trained.classifier.samples;
    if (model !== trained.model || embeddingSize !== size)
      throw new FaceError('classify/bad-file', {
        file,
        reason: `it was trained on the ${size} numbers a face of ${trained.model}, and ${model} gives ${embeddingSize}`,
      });
    const rows = Array.from({ length: vectors.length / size }, (_, i) => vectors.subarray(i * size, (i + 1) * size));
    const scales = await scalesOf(session, rows);
    const outcomes = eachPicture(session, reporter, files, async (picture): Promise<ClassifiedFace[]> => {
      const { faces } = await session.call('recognise', picture, detectOptions(flags));
      return faces.map((face) => ({
        box: boxOf(face.detection.box),
        score: face.detection.score,
        ...nameFace(trained, scales, vectorOf(session, face.embedding), threshold),
      }));
    });
    const pictures = await printFaces(outcomes, reporter, ({ name, nearest, probability, distance }) =>
      name === null
        ? `unknown  nearest ${nearest}, distance ${distance.toFixed(2)}`
        : `${name}  probability ${certaintyText(probability)}  distance ${distance.toFixed(2)}`,
    );
    const output: ClassifyOutput = { model: trained.model, kind: trained.classifier.kind, threshold, pictures };
    reporter.object(output);
  });
}

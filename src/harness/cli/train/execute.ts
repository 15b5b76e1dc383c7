import { count } from '../../../core/count';
import { RandomStream, shuffledIndices } from '../../../core/random';
import type { TrainPlan, TrainResult } from '../../../client/types';
import type { TrainFrom } from '../../../client/trainer';
import type { Reporter } from '../reporter';
import { withPage, type HarnessSession } from '../session';
import { addAll, readableCrops } from './addAll';
import { workOf, type LfwPoint } from './epochs';
import { collectFaces, SEED, type TrainFaces } from './faces';
import type { TrainFlags } from './flags';
import type { Labelled } from './people';
import { engineLine, measuredIn, planLine, printReport, ranOn, type TrainReport } from './report';
import { RunFolder } from './runFolder';
import { readSettings, runConfig, type BaseChoice, type TrainKind, type TrainSettings } from './settings';
import { trainAll } from './trainAll';
import { rawAccuracy, Validation } from './validate';

/** Trains as the flags say and leaves everything in `--out`. Throws what the trainer throws. */
export async function executeTraining(kind: TrainKind, flags: TrainFlags, reporter: Reporter): Promise<void> {
  const settings = await readSettings(kind, flags);
  const folder = await RunFolder.open(flags.out, { command: kind, ...flags }, flags.resume === true);
  const found = await collectFaces(settings, folder, reporter);
  await withPage(flags.backend, reporter, async (session) => {
    const engine = await session.call('trainStart', { backend: flags.backend });
    reporter.endProgress();
    reporter.note(engineLine(engine));
    const faces = await addFaces(session, found, flags, reporter);
    const plan = await prepare(session, settings, faces, reporter);
    const validation = faces.lfw && new Validation(session, faces.lfw, flags.far);
    const untrained = await validation?.network('before');
    const result = await trainAll(session, folder, plan, flags, reporter, async (at) => {
      if (validation) await folder.addLfw(sayValidation(reporter, at, await validation.network('after')));
    });
    const evaluation = await session.call('trainEvaluate', flags.far);
    reporter.endProgress();
    const id = await save(session, settings, faces, plan, folder);
    const lfw =
      validation && untrained
        ? { rawPixels: await validation.rawPixels(), before: untrained, after: await validation.network('after') }
        : null;
    const rawPixels = kind === 'train' ? await rawAccuracy(session, faces.train, faces.heldOut) : null;
    const work = workOf(await folder.lines(), plan.config.batch * plan.config.accumulate);
    const output: TrainReport = {
      model: id,
      ...ranOn(engine),
      ...countsOf(faces),
      steps: result.step,
      epochs: result.epoch,
      ...work,
      ...measuredIn(evaluation),
      ...(rawPixels !== null && { rawPixels }),
      ...(lfw && { lfw }),
    };
    await folder.writeReport(output);
    printReport(reporter, output, flags.out);
  });
}

/** Gives the page the faces; those that cannot be read are left out. */
async function addFaces(
  session: HarnessSession,
  faces: TrainFaces,
  { shuffleLabels }: TrainFlags,
  reporter: Reporter,
): Promise<TrainFaces> {
  const train = await addAll(session, reporter, 'train', shuffleLabels ? shuffled(faces.train) : faces.train);
  const heldOut = await addAll(session, reporter, 'heldOut', faces.heldOut);
  const impostors = await addAll(session, reporter, 'impostors', faces.impostors);
  const lfw = faces.lfw && { ...faces.lfw, crops: await readableCrops(session, reporter, faces.lfw.crops) };
  return { ...faces, train, heldOut, impostors, lfw };
}

/** People dealt out at random: what the network then knows of them is chance. */
function shuffled({ files, labels }: Labelled): Labelled {
  const order = shuffledIndices(labels.length, new RandomStream(SEED).next);
  return { files, labels: [...order].map((i) => labels[i]!) };
}

async function prepare(
  session: HarnessSession,
  settings: TrainSettings,
  { people, train, heldOut }: TrainFaces,
  reporter: Reporter,
): Promise<TrainPlan> {
  const { trainable } = settings;
  const config = runConfig(settings, { people: people.length, pictures: train.files.length });
  const plan = await withBase(session, settings.base, (base) =>
    session.call('trainPrepare', { base, trainable, config, people }),
  );
  reporter.endProgress();
  for (const note of plan.notes) reporter.note(note);
  reporter.note(planLine(plan, people.length, train.files.length, heldOut.files.length));
  return plan;
}

/** Lends the page the file of a base that is one, while `work` runs. */
function withBase<T>(session: HarnessSession, base: BaseChoice, work: (base: TrainFrom) => Promise<T>): Promise<T> {
  if (base.kind !== 'file') return work(base);
  return session.withPicture(base.path, base.path, (file) => work({ kind: 'file', file }));
}

/** Writes the model into the folder. Resolves to its id. */
async function save(
  session: HarnessSession,
  { kind }: TrainSettings,
  { people }: TrainFaces,
  plan: TrainPlan,
  folder: RunFolder,
): Promise<string> {
  const title = `${kind === 'train' ? 'Trained' : 'Fine-tuned'} on ${count(people.length, 'person', 'people')}`;
  // A network trained by triplets has no head that names anybody.
  const named = plan.config.loss === 'triplet' ? [] : people;
  const { id } = await session.withOutput(folder.model, (out) =>
    session.call('trainSave', { title, people: named }, out),
  );
  return id;
}

function sayValidation(reporter: Reporter, { step, epoch }: TrainResult, lfw: LfwPoint['lfw']): LfwPoint {
  reporter.note(`epoch ${epoch}: LFW ${lfw.accuracy.toFixed(4)}, VAL ${lfw.val.toFixed(4)}`);
  return { step, epoch, lfw };
}

function countsOf({ people, train, heldOut, impostors, noFace }: TrainFaces) {
  return {
    people: people.length,
    pictures: train.files.length,
    heldOut: heldOut.files.length,
    impostors: impostors.files.length,
    noFace,
  };
}

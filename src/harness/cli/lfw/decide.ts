import type { EngineState, StartOptions } from '../../../client/types';
import { FaceError } from '../../../core/errors';
import type { LfwRow, RunDecision } from '../../../evaluate/evaluateLfw';
import { NONE, type RunSettings } from '../../../evaluate/lfwReport';
import { scalesOf } from '../faceVector';
import type { Reporter } from '../reporter';
import { withSession, type Session } from '../session';

/** `--normalise`: the model's own decision, from the session that runs it. */

/** Pictures whose scales are asked for at a time. */
const AT_ONCE = 512;

/** Throws `harness/not-normalised`: the model has no cohort, or its calibration is of other crops than the run's. */
export function assertNormalisable(
  { model, cohort, crop }: Pick<EngineState, 'model' | 'cohort' | 'crop'>,
  { crops, margins }: Pick<RunSettings, 'crops' | 'margins'>,
): void {
  const refuse = (reason: string): never => {
    throw new FaceError('harness/not-normalised', { reason });
  };
  if (!cohort) refuse(`${model} has no cohort, so its plain distances decide.`);
  if (margins !== null || crops.length !== 1 || crops[0] !== crop)
    refuse(`${model} was calibrated on its own crop (${crop}), so --crop and --margin must be left out.`);
}

/** Starts the model that embedded the parts. Throws `harness/other-run`, as `assertNormalisable`, `withSession`. */
export async function withDecider(
  settings: RunSettings,
  folder: string,
  options: StartOptions,
  reporter: Reporter,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  await withSession({ model: settings.model, ...options }, reporter, (session) => {
    if (session.state.model !== settings.model)
      throw new FaceError('harness/other-run', { path: folder, what: 'model' });
    assertNormalisable(session.state, settings);
    return work(session);
  });
}

/** The session's rule, and the scale of each row's own embedding (a flipped picture's is left out). */
export async function decisionOf(session: Session, rows: readonly LfwRow[]): Promise<RunDecision> {
  const { far, plainThreshold, threshold, embeddingSize: columns } = session.state;
  const scales = new Float64Array(rows.length).fill(NaN);
  const embedded = rows.flatMap(({ outcome }, i) => (outcome === NONE ? [] : [i]));
  for (let at = 0; at < embedded.length; at += AT_ONCE) {
    const places = embedded.slice(at, at + AT_ONCE);
    const own = await scalesOf(
      session,
      places.map((i) => rows[i]!.vector.subarray(0, columns)),
    );
    for (const [row, i] of places.entries()) scales[i] = own[row]!;
  }
  return { rule: { far, plainThreshold, threshold }, scales };
}

import type { CaptureHint, Detection, Embedding, FaceQuality, Match } from '../../core/types';
import type { CutFace } from '../crop/stored';
import { viewScore } from '../hint';
import { matchFace, type Matching } from '../match';
import type { FacePose } from '../pose';
import { voteMatch } from './vote';

/** When a face is embedded again, and what is kept of it. */
const VIEWS = {
  /** This often, milliseconds. */
  refresh: 1000,
  /** Least time between two views of a face that turns or sharpens. */
  pause: 200,
  /** A view better than the best by this factor is added at once. */
  better: 1.25,
  /** A face turned this far from all its views is embedded at once (yaw: see pose.ts). */
  turned: 0.2,
  /** Views that vote, the newest. */
  voters: 8,
  /** Views kept for enrolment, the best. */
  kept: 3,
} as const;

/** A followed face as seen in one frame. */
export interface Look {
  readonly detection: Detection;
  readonly quality: FaceQuality;
  readonly pose: FacePose;
  readonly hint: CaptureHint | null;
}

export interface View extends Look {
  readonly embedding: Embedding;
}
/** With its pixels and score: only a few are kept, for enrolment. */
interface KeptView extends View {
  readonly score: number;
  readonly cut: CutFace;
}

interface Answer {
  readonly matching: Matching;
  readonly match: Match;
}

/** The views of one face: those that vote for its name, and those kept for enrolment. */
export class Views {
  /** Those that need no hint first, then best first. */
  best: readonly KeptView[] = [];
  /** Newest last. */
  #voters: readonly View[] = [];
  readonly #answers = new WeakMap<View, Answer>();
  #takenAt = -Infinity;

  /** `cut` gives the view's pixels; not asked when it is not among the best. */
  add(view: View, time: number, cut: () => CutFace): void {
    this.#takenAt = time;
    this.#voters = [...this.#voters, view].slice(-VIEWS.voters);
    const score = viewScore(view.quality, view.pose);
    const worst = this.best.at(-1);
    if (worst && this.best.length === VIEWS.kept && byWorth({ hint: view.hint, score }, worst) >= 0) return;
    this.best = [...this.best, { ...view, score, cut: cut() }].sort(byWorth).slice(0, VIEWS.kept);
  }

  /** Views kept that need no hint. */
  get good(): number {
    return this.best.filter(({ hint }) => hint === null).length;
  }

  /** Voted by the newest views; null before the first. */
  vote(matching: Matching): Match | null {
    if (this.#voters.length === 0) return null;
    return voteMatch(
      this.#voters.map((view) => this.match(view, matching)),
      matching.threshold,
    );
  }

  /** Recomputed only when `matching` is another object. */
  match(view: View, matching: Matching): Match {
    const known = this.#answers.get(view);
    if (known?.matching === matching) return known.match;
    const match = matchFace(view.embedding, matching);
    this.#answers.set(view, { matching, match });
    return match;
  }

  /** 0: not now. New faces come first, then those that turned or sharpened, then those whose second is over. */
  urgency({ quality, pose, hint }: Look, time: number): number {
    const waited = time - this.#takenAt;
    const [best] = this.best;
    if (!best) return Infinity;
    const overdue = waited / VIEWS.refresh;
    if (waited >= VIEWS.pause) {
      const sharper = viewScore(quality, pose) > VIEWS.better * best.score;
      const cured = hint === null && best.hint !== null;
      const turned = this.#voters.every((view) => Math.abs(view.pose.yaw - pose.yaw) > VIEWS.turned);
      if (sharper || cured || turned) return 1 + overdue;
    }
    return overdue >= 1 ? overdue : 0;
  }
}

/** The order of views for enrolment. */
function byWorth(a: Pick<KeptView, 'hint' | 'score'>, b: Pick<KeptView, 'hint' | 'score'>): number {
  return Number(a.hint !== null) - Number(b.hint !== null) || b.score - a.score;
}

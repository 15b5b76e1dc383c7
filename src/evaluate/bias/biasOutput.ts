import type { ErrorCode } from '../../core/errors';
import type { Precision } from '../../core/types';
import type { BiasReport } from './measureBias';

/** What the command writes and the app saves as JSON. */
export interface BiasOutput extends BiasReport {
  readonly model: string;
  readonly precision: Precision;
  /** Sentences: what the figures cannot show, and what was left out. */
  readonly notes: readonly string[];
  /** Pictures in no folder, so of no group. */
  readonly loose: readonly string[];
  /** Pictures without a face or that could not be read. */
  readonly failed: readonly {
    readonly picture: string;
    readonly error: { readonly code: ErrorCode; readonly message: string };
  }[];
}

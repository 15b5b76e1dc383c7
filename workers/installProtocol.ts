/** What the face worker asks of the short-lived worker that fetches and converts a model. */
import type { Progress } from './protocol';

export interface InstallOps {
  install: { req: { id: string; baseUrl?: string }; res: null; progress: Progress };
}

import type { Progress } from '../core/call';
import type { ModelRow } from '../weights/modelRow';

/** Reports the bytes of a model's file that have arrived, at every hundredth and at the end. */
export function loadingProgress({ title }: ModelRow, progress: (progress: Progress) => void) {
  let reported = 0;
  return (done: number, total: number): void => {
    if (done < total && done - reported < total / 100) return;
    reported = done;
    progress({ stage: `Loading ${title}`, done, total, unit: 'bytes' });
  };
}

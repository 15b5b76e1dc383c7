import type { TrainRunRecord } from '../../store/trainSchema';
import type { HistoryPoint } from './trainHistory';
import { type Recipe } from '../../train/config/recipe';

/** A run's record as JSON: everything needed to resume it except the pictures. */
export interface RunPlan {
  readonly recipe: Recipe;
  /** By class number. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
  /** Ids of people whose pictures are impostors; absent in runs of earlier versions. */
  readonly impostors?: readonly string[];
  readonly pictures: { readonly train: number; readonly heldOut: number; readonly impostors: number };
  /** The report's false-accept rate. */
  readonly far: number;
  /** The model setting before the run; null: the best one here. */
  readonly previousModel: string | null;
}

/** The plan of a record that this or an earlier version wrote. */
export function planOf({ plan }: TrainRunRecord): RunPlan {
  const { outsiders, ...stored } = JSON.parse(plan) as RunPlan & EarlierPlan;
  const { held, outsiders: others, ...pictures } = { ...stored.pictures } as RunPlan['pictures'] & EarlierPictures;
  return {
    ...(outsiders && { impostors: outsiders }),
    ...stored,
    pictures: {
      ...(held !== undefined && { heldOut: held }),
      ...(others !== undefined && { impostors: others }),
      ...pictures,
    },
  };
}

/** Names in plans of earlier versions. */
interface EarlierPlan {
  readonly outsiders?: readonly string[];
}
interface EarlierPictures {
  readonly held?: number;
  readonly outsiders?: number;
}

export const historyOf = ({ history }: TrainRunRecord): HistoryPoint[] => JSON.parse(history) as HistoryPoint[];

export function newRun(title: string, plan: RunPlan, now: number): TrainRunRecord {
  return {
    id: crypto.randomUUID(),
    title,
    createdAt: now,
    updatedAt: now,
    status: 'running',
    step: 0,
    epoch: 0,
    plan: JSON.stringify(plan),
    history: '[]',
    report: null,
    modelId: null,
    failure: null,
  };
}

/** Runs that can be resumed or wait for a decision. */
export function isOpen({ status }: TrainRunRecord): boolean {
  return status === 'running' || status === 'paused' || status === 'finished';
}

import type { TrainRunRecord } from '../../store/trainSchema';
import type { HistoryPoint } from './trainHistory';
import { type Recipe } from '../../train/config/recipe';

/** What a run's record keeps as JSON: all that is needed to go on but the pictures. */
export interface RunPlan {
  readonly recipe: Recipe;
  /** By class number. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
  /** Ids of the store's people whose pictures are kept as impostors'; none in runs of earlier versions. */
  readonly impostors?: readonly string[];
  readonly pictures: { readonly train: number; readonly heldOut: number; readonly impostors: number };
  /** The report's false-accept rate. */
  readonly far: number;
  /** What the settings said before; null: the best one here. */
  readonly previousModel: string | null;
}

/** The plan as the record keeps it, written by this version or an earlier one. */
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

/** Runs that can go on, or wait for a decision. */
export function isOpen({ status }: TrainRunRecord): boolean {
  return status === 'running' || status === 'paused' || status === 'finished';
}

import type { TrainRunRecord } from '../../store/trainSchema';
import type { HistoryPoint } from './trainHistory';
import { type Recipe } from '../../train/config/recipe';

/** What a run's record keeps as JSON: all that is needed to go on but the pictures. */
export interface RunPlan {
  readonly recipe: Recipe;
  /** By class number. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
  /** Ids of the store's people whose pictures are kept as outsiders'; none in runs of earlier versions. */
  readonly outsiders?: readonly string[];
  readonly pictures: { readonly train: number; readonly held: number; readonly outsiders: number };
  /** The report's false-accept rate. */
  readonly far: number;
  /** What the settings said before; null: the best one here. */
  readonly previousModel: string | null;
}

/** The record's own are JSON: they were written here. */
export const planOf = ({ plan }: TrainRunRecord): RunPlan => JSON.parse(plan) as RunPlan;
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

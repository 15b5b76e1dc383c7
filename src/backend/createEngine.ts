import type { BackendName, EngineName } from '../core/types';
import type { Engine } from '../nn/executor';
import { createLiteRtEngine } from '../nn/litert';

export interface EngineChoice {
  readonly engine: EngineName;
  readonly backend: BackendName;
}

/** Starts an engine, with `threads` threads at most on WASM. Throws `backend/unavailable`. */
export type CreateEngine = (choice: EngineChoice, threads?: number) => Promise<Engine>;

export const createEngine: CreateEngine = async ({ engine, backend }, threads) => {
  const options = { backend, ...(threads !== undefined && { threads }) };
  if (engine === 'litert') return createLiteRtEngine(options);
  // A megabyte of script that most people never need.
  const { createTfjsEngine } = await import('../nn/tfjs');
  return createTfjsEngine(options);
};

const TITLES = { litert: 'LiteRT.js', tfjs: 'TensorFlow.js', wasm: 'WASM', webgpu: 'WebGPU' } as const;

/** For people: “LiteRT.js on WebGPU”. */
export function engineTitle({ engine, backend }: EngineChoice): string {
  return `${TITLES[engine]} on ${TITLES[backend]}`;
}

import type { Plugin } from 'vite';

/** Serves and emits the WASM files of the two engines (owned by the engine work; see LITERT notes in CONTRIBUTING.md). */
export function engineFiles(): Plugin {
  return { name: 'facenet-web:engine-files' };
}

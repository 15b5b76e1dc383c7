import type { EngineState } from '../../client/types';
import type { FaceError } from '../../core/errors';

/** What nobody foresaw, and what a report of helps to mend. */
export function isUnforeseen({ code }: FaceError): boolean {
  return code === 'internal' || code === 'worker/crashed';
}

export interface Surroundings {
  /** Of the app, from package.json. */
  readonly version: string;
  readonly view: string;
  /** The browser's own description. */
  readonly browser: string;
  readonly engine: EngineState | null;
  /** Where the app is served from: left out of the report. */
  readonly address: string;
}

/**
 * What is worth knowing of something that nobody foresaw, as text that the user may read, change, and give to somebody.
 * Holds no picture, no name of a person or file that the message itself does not hold, and not where the app is served.
 */
export function problemReport(error: FaceError, { version, view, browser, engine, address }: Surroundings): string {
  const lines = [
    `Message: ${error.message}`,
    `App: facenet-web ${version}, view ${view}`,
    `Browser: ${browser}`,
    `Engine: ${engine ? engineText(engine) : 'not started'}`,
    `Where: ${stackOf(error)}`,
  ];
  return lines.join('\n').replaceAll(address, '');
}

function engineText({ model, engine, backend, precision, threads, softwareAdapter }: EngineState): string {
  const software = softwareAdapter ? ', software adapter' : '';
  return `${model}, ${precision}, ${engine} on ${backend}${software}, threads ${threads}`;
}

/** Of what was thrown first: in the worker where it happened there, else of the cause. */
function stackOf(error: FaceError): string {
  const { stack } = error.details;
  if (typeof stack === 'string') return stack;
  return (error.cause instanceof Error ? error.cause.stack : error.stack) ?? 'unknown';
}

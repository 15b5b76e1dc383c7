import type { EngineState } from '../../client/types';
import type { FaceError } from '../../core/errors';

/** Errors that indicate a bug. */
export function isUnforeseen({ code }: FaceError): boolean {
  return code === 'internal' || code === 'worker/crashed';
}

export interface Surroundings {
  readonly version: string;
  readonly view: string;
  readonly browser: string;
  readonly engine: EngineState | null;
  /** The app's address, which is removed from the report. */
  readonly address: string;
}

/** An unforeseen error as text to edit and send; no pictures, no address, no names beyond the message. */
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

/** The original stack: of the worker where it was thrown there, else of the cause. */
function stackOf(error: FaceError): string {
  const { stack } = error.details;
  if (typeof stack === 'string') return stack;
  return (error.cause instanceof Error ? error.cause.stack : error.stack) ?? 'unknown';
}

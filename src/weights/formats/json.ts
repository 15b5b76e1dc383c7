import { badFormat } from './array';

/** The value of a JSON file; throws `weights/bad-format` where it is none. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw badFormat(file, 'it is not JSON');
  }
}

/** `value` as an object to look fields up in; throws `weights/bad-format` where it is none. */
export function asRecord(value: unknown, file: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badFormat(file, 'a damaged entry');
  return value as Record<string, unknown>;
}

import { randomInt } from 'node:crypto';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlignRequest, DetectOptions } from '../../client/types';
import { isFileFacts, type FileFacts } from './fileFacts';

/** A record with more is none that was written here. */
const MOST_FACES = 100_000;

const LIST = /^\.crops_\d+\.jsonl$/;

/** What crops depend on besides the picture. */
export interface CropOptions extends DetectOptions {
  readonly size: number;
  readonly margin: number;
  /** All faces of a picture, with numbers, not only the best one. */
  readonly all: boolean;
  readonly form: AlignRequest['form'];
}

/** A crop's ending after its `base`. */
export function cropEnding(face: number, { all, form }: Pick<CropOptions, 'all' | 'form'>): string {
  return `${all ? `_${face}` : ''}.${form}`;
}

/** What crops were cut from, and how. */
export interface CropRecord extends FileFacts {
  /** Their path without number and ending, below the folder of crops, with `/`. */
  readonly base: string;
  /** The picture, below the folder that was named, with `/`. */
  readonly picture: string;
  /** How many crops there are; 0 where the picture shows no face. */
  readonly faces: number;
  readonly options: CropOptions;
  /** When, in milliseconds since 1970: the latest record of a `base` counts. */
  readonly at: number;
}

/**
 * Hidden lists of CropRecords beside the crops, a JSON line each. As of boxes, each run writes one of its own, so that
 * several may run at once; a line that was cut off only has its picture cut again.
 */
export class CropRecords {
  readonly #path: string;

  private constructor(
    folder: string,
    private readonly records: Map<string, CropRecord>,
  ) {
    this.#path = join(folder, `.crops_${String(randomInt(100_000)).padStart(5, '0')}.jsonl`);
  }

  static async open(folder: string): Promise<CropRecords> {
    const lists = (await readdir(folder)).filter((name) => LIST.test(name));
    const texts = await Promise.all(lists.map((name) => readFile(join(folder, name), 'utf8')));
    const records = new Map<string, CropRecord>();
    for (const record of texts.flatMap((text) => text.split('\n')).flatMap(recordIn))
      if (record.at >= (records.get(record.base)?.at ?? 0)) records.set(record.base, record);
    return new CropRecords(folder, records);
  }

  of(base: string): CropRecord | undefined {
    return this.records.get(base);
  }

  async add(record: Omit<CropRecord, 'at'>): Promise<void> {
    const whole = { ...record, at: Date.now() };
    await appendFile(this.#path, `${JSON.stringify(whole)}\n`);
    this.records.set(record.base, whole);
  }
}

function recordIn(line: string): CropRecord[] {
  try {
    const value = JSON.parse(line) as CropRecord;
    const { base, picture, faces, options, at } = value;
    const isText = [base, picture].every((each) => typeof each === 'string');
    const isCrops = Number.isInteger(faces) && faces >= 0 && faces <= MOST_FACES && isOptions(options);
    return isFileFacts(value) && isText && isCrops && typeof at === 'number' ? [value] : [];
  } catch {
    return [];
  }
}

function isOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { all, form } = value as Partial<CropOptions>;
  return typeof all === 'boolean' && (form === 'png' || form === 'jpg');
}

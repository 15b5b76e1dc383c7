import { FaceError } from '../../core/errors';

/** NASA's pictures in `public/samples/`, in the public domain; `truth.json` there has the faces' boxes and names. */
export const SAMPLE_CREDIT = 'Sample pictures: NASA, public domain; NASA does not endorse this app.';

export const SAMPLE_PORTRAITS = [
  'Daniel Barry',
  'Daniel Burbank',
  'Edward Fincke',
  'Edward Lu',
  'Frank Culbertson',
  'Frederick Sturckow',
  'James Voss',
  'Jeffrey Williams',
  'Patrick Forrester',
  'Richard Mastracchio',
  'Robert Curbeam',
  'Scott Altman',
  'Scott Horowitz',
  'Susan Helms',
  'Terrence Wilcutt',
  'Thomas Jones',
  'William McArthur',
  'William Shepherd',
] as const;

export const SAMPLE_PICTURES = [
  'sts-106-crew.jpg',
  'expedition-13-prime-and-backup.jpg',
  'expedition-2-and-3-crews.jpg',
  'expedition-1-crew.jpg',
  'sts-98-spacewalkers.jpg',
  'expedition-12-holiday.jpg',
  'expedition-1-golden-key.jpg',
] as const;

/** `Edward Lu` → `samples/portraits/edward-lu.jpg`. */
export function portraitUrl(name: string): string {
  return `samples/portraits/${name.toLowerCase().replaceAll(' ', '-')}.jpg`;
}

export function pictureUrl(file: string): string {
  return `samples/${file}`;
}

/** `name` is for the message. Throws `app/sample-missing`, `aborted`. */
export async function fetchSample(url: string, name: string, signal: AbortSignal): Promise<Blob> {
  const missing = (cause?: unknown) => new FaceError('app/sample-missing', { name }, { cause });
  const response = await fetch(url, { signal }).catch((thrown: unknown) => {
    throw signal.aborted ? thrown : missing(thrown);
  });
  if (!response.ok) throw missing();
  return response.blob();
}

/** A face of a sample picture: its person (`edward-lu`) and its box in pixels: left, top, right, bottom. */
export interface TruthFace {
  readonly name: string;
  readonly box: readonly [number, number, number, number];
}

/** By the picture's file name. */
export type Truth = Readonly<Record<string, { readonly faces: readonly TruthFace[] }>>;

/** The labels of the sample pictures. Throws what `fetch` throws. */
export async function sampleTruth(signal: AbortSignal): Promise<Truth> {
  return (await (await fetch('samples/truth.json', { signal })).json()) as Truth;
}

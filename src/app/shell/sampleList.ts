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

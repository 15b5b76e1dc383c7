import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { openFilm } from '../../../../src/app/recognise/filmFile';
import { clusterStart, webm as writeWebm } from '../../../fixtures/webm';
import { caseFile, testCase } from '../../../fixtures/cases';

const u32 = (...values: number[]): number[] =>
  values.flatMap((v) => [v >>> 24, (v >>> 16) & 255, (v >>> 8) & 255, v & 255]);
const box = (name: string, ...content: number[]): number[] => [
  ...u32(content.length + 8),
  ...Array.from(name, (letter) => letter.charCodeAt(0)),
  ...content,
];

/** `chunks`: of each track, where its chunks begin and the sizes of the samples in each; or one size for all. */
function moov(
  tracks: readonly { chunks: readonly (readonly [number, readonly number[]])[]; equal?: number }[],
  long = false,
) {
  const traks = tracks.map(({ chunks, equal = 0 }) => {
    const sizes = chunks.flatMap(([, samples]) => samples);
    const stsc = box('stsc', ...u32(0, chunks.length), ...chunks.flatMap(([, { length }], i) => u32(i + 1, length, 1)));
    const stsz = box('stsz', ...u32(0, equal, sizes.length), ...(equal ? [] : u32(...sizes)));
    const offsets = chunks.flatMap(([offset]) => (long ? u32(0, offset) : u32(offset)));
    const stco = box(long ? 'co64' : 'stco', ...u32(0, chunks.length), ...offsets);
    return box('trak', ...box('mdia', ...box('minf', ...box('stbl', ...stsc, ...stsz, ...stco))));
  });
  return box('moov', ...traks.flat());
}

const FTYP = box('ftyp', ...u32(0, 0));
/** The index first, then `held` of 1000 bytes of frames from byte `first` on. */
function mp4(index: readonly number[], held: number, first = 2000): Blob {
  const padding = box('free', ...Array.from({ length: first - 16 - FTYP.length - index.length }, () => 0));
  return new Blob([
    Uint8Array.from([...FTYP, ...index, ...padding, ...u32(1008), ...Array.from('mdat', (l) => l.charCodeAt(0))]),
    new Uint8Array(held),
  ]);
}

describe('MP4', () => {
  const video = {
    chunks: [
      [2000, [100, 50, 30]],
      [2300, [200, 200]],
    ],
  } as const;
  const audio = {
    chunks: [
      [2180, [40, 40, 40]],
      [2700, [150, 150]],
    ],
  } as const;

  test('a whole film is given as it is', async () => {
    const file = mp4(moov([video, audio]), 1000);
    expect(await openFilm(file)).toEqual({ blob: file, isCut: false });
  });

  test.each([
    ['in the middle of a frame of the last chunk', 450, 2300],
    ['in the middle of the second frame of that', 520, 2500],
    ['in the sound between', 230, 2220],
    ['in the first chunk', 120, 2100],
    ['in the sound at the end', 900, 2850],
  ])('cut %s it ends before that', async (_, held, end) => {
    for (const long of [false, true]) {
      const { blob, isCut } = await openFilm(mp4(moov([video, audio], long), held));
      expect([isCut, blob.size]).toEqual([true, end]);
    }
  });

  test('cut between two frames it is only said to be cut', async () => {
    const { blob, isCut } = await openFilm(mp4(moov([video]), 500));
    expect([isCut, blob.size]).toEqual([true, 2500]);
  });

  test('frames of one size need no list', async () => {
    const equal = {
      chunks: [
        [2000, [1, 2, 3]],
        [2400, [4, 5, 6]],
      ],
      equal: 100,
    } as const;
    expect((await openFilm(mp4(moov([equal]), 650))).blob.size).toBe(2600);
    expect((await openFilm(mp4(moov([equal]), 350))).blob.size).toBe(2350);
  });

  test('damaged tables neither throw nor hang', async () => {
    const lying = moov([{ chunks: [[2000, [100, 100]]] }]);
    const at = Buffer.from(lying).indexOf('stsc') + 4;
    lying.splice(at + 12, 4, 255, 255, 255, 255);
    const cut = await openFilm(mp4(lying, 500));
    expect([cut.isCut, cut.blob.size]).toEqual([true, 2500]);
    for (let i = 0; i < lying.length; i += 3) {
      const bent = lying.with(i, 255);
      expect((await openFilm(mp4(bent, 450))).blob.size).toBeLessThanOrEqual(2450);
    }
    expect((await openFilm(new Blob(['\0\0\0\x04ftypxxxxxxxx']))).isCut).toBe(false);
  });

  testCase('cut-film-mp4')('the film cut at 60 % ends with its last whole frame', async () => {
    const file = new Blob([await readFile(caseFile('cut-film-mp4', 'cut-fs.mp4'))]);
    const { blob, isCut } = await openFilm(file);
    expect([isCut, blob.size]).toEqual([true, 94_445]);
  });
});

describe('WebM', () => {
  /** `length`: of the Segment, as eight bytes. */
  const webm = (length: readonly number[], held: number): Blob =>
    new Blob([
      Uint8Array.from([0x1a, 0x45, 0xdf, 0xa3, 0x84, 1, 2, 3, 4, 0x18, 0x53, 0x80, 0x67, ...length]),
      new Uint8Array(held),
    ]);
  const THOUSAND = [1, 0, 0, 0, 0, 0, 3, 0xe8];

  test('is cut where it is shorter than it says; one without a length is not known to be', async () => {
    expect((await openFilm(webm(THOUSAND, 1000))).isCut).toBe(false);
    expect((await openFilm(webm(THOUSAND, 999))).isCut).toBe(true);
    expect((await openFilm(webm([1, 255, 255, 255, 255, 255, 255, 255], 10))).isCut).toBe(false);
    expect((await openFilm(webm([0xff], 10))).isCut).toBe(false);
    expect((await openFilm(webm([0xff - 0x40], 10))).isCut).toBe(true);
  });
});

test('a WebM written with long lengths is known to be cut too', async () => {
  const frames = [0, 500, 1000, 1500].map((time) => ({ time, key: true, data: new Uint8Array(50) }));
  const whole = writeWebm(frames, 320, 240, 2);
  expect((await openFilm(new Blob([Uint8Array.from(whole)]))).isCut).toBe(false);
  expect((await openFilm(new Blob([Uint8Array.from(whole.subarray(0, clusterStart(whole, 1)))]))).isCut).toBe(true);
});

test('what is no film of either kind is given as it is', async () => {
  for (const text of ['', 'no video at all', '\x1a\x45\xdf\xa3']) {
    const file = new Blob([text]);
    expect(await openFilm(file)).toEqual({ blob: file, isCut: false });
  }
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { caseFile, testCase } from '../../fixtures/cases';
import { sniff } from '../../../src/pipeline/sniff';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/pictures/${name}`, import.meta.url)));
}

describe('sniff', () => {
  test.each([
    ['base.jpg', 'jpeg', 128, 160],
    ['cmyk.jpg', 'jpeg', 128, 160],
    ['png-16bit.png', 'png', 80, 100],
    ['png-paletted.png', 'png', 128, 160],
    ['png-alpha.png', 'png', 96, 120],
    ['animated.gif', 'gif', 96, 120],
    ['still.webp', 'webp', 128, 160],
    ['still.avif', 'avif', 128, 160],
    ['small.bmp', 'bmp', 64, 80],
  ])('%s is recognised by its bytes: %s, %i×%i, complete', (name, format, width, height) => {
    expect(sniff(fixture(name))).toEqual({ format, width, height, complete: true });
  });

  test.each(['base.jpg', 'png-16bit.png', 'still.webp', 'still.avif', 'small.bmp'])(
    '%s cut off at half is reported as incomplete, with its size',
    (name) => {
      const bytes = fixture(name);
      const whole = sniff(bytes);
      expect(sniff(bytes.slice(0, bytes.length >> 1))).toEqual({ ...whole, complete: false });
    },
  );

  test('any shorter piece of any file is read without an error', () => {
    for (const name of ['base.jpg', 'png-16bit.png', 'animated.gif', 'still.webp', 'still.avif', 'small.bmp']) {
      const bytes = fixture(name);
      for (let length = 0; length < 400; length++) expect(() => sniff(bytes.slice(0, length))).not.toThrow();
    }
  });

  test("a JPEG's own end counts, neither that of a thumbnail before it nor bytes after it", () => {
    const bytes = fixture('base.jpg');
    const thumbnail = [0xff, 0xe1, 0, 6, 0xff, 0xd9, 0xff, 0xd9];
    const withThumbnail = Uint8Array.from([0xff, 0xd8, ...thumbnail, ...bytes.subarray(2)]);
    expect(sniff(withThumbnail)?.complete).toBe(true);
    expect(sniff(withThumbnail.slice(0, -40))?.complete).toBe(false);
    expect(sniff(Uint8Array.from([...bytes, 1, 2, 3, 0xff]))?.complete).toBe(true);
  });

  test('the end counts whatever comes right before it', () => {
    const bytes = Array.from(fixture('base.jpg')).slice(0, -2);
    for (const tail of [[], [0x43], [0xff, 0], [0xff, 0, 0x43], [0xff, 0, 0x43, 0x44], [0xff]])
      expect(sniff(Uint8Array.from([...bytes, ...tail, 0xff, 0xd9])), String(tail)).toMatchObject({ complete: true });
  });

  test.each(['base.jpg', 'cmyk.jpg', 'restarts.jpg', 'progressive.jpg'])(
    '%s without its end marker is whole, with nothing or a maker’s data in its place, and cut off where part is missing',
    (name) => {
      const bytes = fixture(name).slice(0, -2);
      const whole = sniff(bytes);
      expect(whole).toMatchObject({ complete: true, width: 128, height: 160 });
      const trailer = [0x00, 0x00, 0x01, 0x0a, 0x0e, 0x00, 0xff, 0x00, 0x53, 0x45, 0x46, 0x48, 0xff];
      expect(sniff(Uint8Array.from([...bytes, ...trailer]))).toMatchObject({ complete: true });
      for (const share of [0.5, 0.6])
        expect(sniff(bytes.slice(0, Math.floor(bytes.length * share))), `${share}`).toMatchObject({ complete: false });
    },
  );

  test('a sequential JPEG is cut off when only its last blocks are missing, and its end belongs right after them', () => {
    const bytes = fixture('base.jpg').slice(0, -2);
    expect(sniff(bytes)?.missingEnd).toBe(bytes.length);
    expect(sniff(Uint8Array.from([...bytes, 0, 1, 2, 3]))?.missingEnd).toBe(bytes.length);
    for (const less of [8, 30, 200]) expect(sniff(bytes.slice(0, -less))?.complete, `${less}`).toBe(false);
  });

  test('the first frame header of a JPEG counts, as for decoders, whatever follows', () => {
    const bytes = fixture('base.jpg');
    const fake = [0xff, 0xc0, 0, 11, 8, 0, 100, 0, 100, 1, 1, 0x11, 0];
    expect(sniff(Uint8Array.from([...bytes.subarray(0, -2), ...fake, 0xff, 0xd9]))).toMatchObject({
      width: 128,
      height: 160,
    });
  });

  test('a BMP with OS/2’s short header, or with a wrong length in it, is whole when its rows are there', () => {
    const row = 12; // 3 pixels of 24 bits, filled up to 4 bytes
    const core = new Uint8Array(26 + 2 * row);
    const view = new DataView(core.buffer);
    core.set([0x42, 0x4d]);
    view.setUint32(10, 26, true);
    view.setUint32(14, 12, true);
    [3, 2, 1, 24].forEach((value, i) => view.setUint16(18 + 2 * i, value, true));
    for (const length of [0, core.length, 0x7fffffff]) {
      view.setUint32(2, length, true);
      expect(sniff(core), `${length}`).toEqual({ format: 'bmp', width: 3, height: 2, complete: true });
    }
    expect(sniff(core.slice(0, -row))).toMatchObject({ width: 3, height: 2, complete: false });
    const usual = fixture('small.bmp');
    new DataView(usual.buffer).setUint32(2, 0x7fffffff, true);
    expect(sniff(usual)).toMatchObject({ width: 64, height: 80, complete: true });
  });

  test('AVIF’s size is read from its boxes only, not from bytes that look like one within another', () => {
    const bytes = fixture('still.avif');
    const filler = new Uint8Array(8 + 8 * 2 ** 20).fill(0x69);
    new DataView(filler.buffer).setUint32(0, filler.length);
    filler.set(new TextEncoder().encode('free'), 4);
    expect(sniff(Uint8Array.from([...bytes, ...filler]))).toMatchObject({ width: 128, height: 160, complete: true });
    const hostile = new Uint8Array(16 + filler.length);
    hostile.set([...bytes.subarray(0, 16)]);
    new DataView(hostile.buffer).setUint32(0, 16);
    hostile.set(filler, 16);
    hostile.set(new TextEncoder().encode('meta'), 20);
    expect(sniff(hostile)).toMatchObject({ format: 'avif', width: 0, height: 0 });
  });

  testCase('jpeg-no-end-marker')('pictures of phones without an end marker are whole, a cut one is not', () => {
    const read = (file: string) => sniff(new Uint8Array(readFileSync(caseFile('jpeg-no-end-marker', file))));
    expect(['pano.jpg', 'noeoi.jpg', 'cut.jpg'].map((file) => read(file)?.complete)).toEqual([true, true, false]);
  });

  testCase('bmp-os2')('a BMP of OS/2 has its own size', () => {
    const bytes = new Uint8Array(readFileSync(caseFile('bmp-os2', 'os2.bmp')));
    expect(sniff(bytes)).toMatchObject({ width: 240, height: 240, complete: true });
  });

  test('text, nothing, and unknown bytes are no picture known here', () => {
    expect(sniff(new TextEncoder().encode('This is a letter, not a picture.'))).toBeNull();
    expect(sniff(new Uint8Array(0))).toBeNull();
    expect(sniff(new Uint8Array(100))).toBeNull();
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
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
  ])('%s is told by its bytes: %s, %i×%i, complete', (name, format, width, height) => {
    expect(sniff(fixture(name))).toEqual({ format, width, height, complete: true });
  });

  test.each(['base.jpg', 'png-16bit.png', 'still.webp', 'still.avif', 'small.bmp'])(
    '%s cut off at half is told as incomplete, with its size',
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
    expect(sniff(withThumbnail.slice(0, -2))?.complete).toBe(false);
    expect(sniff(Uint8Array.from([...bytes, 1, 2, 3, 0xff]))?.complete).toBe(true);
  });

  test('the end counts whatever comes right before it', () => {
    const bytes = Array.from(fixture('base.jpg')).slice(0, -2);
    for (const tail of [[], [0x43], [0xff, 0], [0xff, 0, 0x43], [0xff, 0, 0x43, 0x44], [0xff]])
      expect(sniff(Uint8Array.from([...bytes, ...tail, 0xff, 0xd9])), String(tail)).toMatchObject({ complete: true });
  });

  test('text, nothing, and unknown bytes are no picture known here', () => {
    expect(sniff(new TextEncoder().encode('This is a letter, not a picture.'))).toBeNull();
    expect(sniff(new Uint8Array(0))).toBeNull();
    expect(sniff(new Uint8Array(100))).toBeNull();
  });
});

import { expect, test } from 'vitest';
import { printable } from '../../../../src/harness/cli/printable';

test('a name cannot give the terminal orders', () => {
  expect(printable('\u001b]0;PWNED\u0007.jpg')).toBe('\ufffd]0;PWNED\ufffd.jpg');
  expect(printable('a\rb\u0000c\u007fd\u009be\u0085')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffd');
});

test('a name cannot turn the direction of writing', () => {
  expect(printable('photo\u202egpj.exe')).toBe('photo\ufffdgpj.exe');
  for (const code of [0x61c, 0x200e, 0x200f, 0x202a, 0x202d, 0x2066, 0x2069])
    expect(printable(String.fromCharCode(code)), code.toString(16)).toBe('\ufffd');
});

test('what people write stays: lines, tabs, accents, other scripts, joined emoji', () => {
  const text = 'Zoë\tשלום\nمرحبا 👩‍🚀 “x” – 日本';
  expect(printable(text)).toBe(text);
});

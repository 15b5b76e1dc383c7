import { expect, test } from 'vitest';
import { hrefOf, parseRoute } from '../../../../src/app/shell/route';

test('an address names its view, and a person in it', () => {
  expect(parseRoute('#/settings')).toEqual({ view: 'settings', rest: null });
  expect(parseRoute('#/people/a%20b')).toEqual({ view: 'people', rest: 'a b' });
});

test('an unknown or broken address is the first view', () => {
  for (const hash of ['', '#', '#/', '#/nowhere', '#/nowhere/x', 'people'])
    expect(parseRoute(hash), hash).toEqual({ view: 'recognise', rest: null });
  expect(parseRoute('#/people/%E0%A4%A')).toEqual({ view: 'people', rest: null });
});

test('what hrefOf writes, parseRoute reads', () => {
  for (const rest of ['plain', 'a/b', 'ü #?%'])
    expect(parseRoute(hrefOf('people', rest)), rest).toEqual({ view: 'people', rest });
});

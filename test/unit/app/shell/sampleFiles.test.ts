import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pictureUrl, portraitUrl, SAMPLE_PICTURES, SAMPLE_PORTRAITS } from '../../../../src/app/shell/sampleFiles';

test('the list of samples is what lies in public/samples', () => {
  for (const name of SAMPLE_PORTRAITS) expect(existsSync(`public/${portraitUrl(name)}`), name).toBe(true);
  for (const file of SAMPLE_PICTURES) expect(existsSync(`public/${pictureUrl(file)}`), file).toBe(true);
  expect(readdirSync('public/samples/portraits')).toHaveLength(SAMPLE_PORTRAITS.length);
  const truth: unknown = JSON.parse(readFileSync('public/samples/truth.json', 'utf8'));
  expect(Object.keys(truth as object).sort()).toEqual([...SAMPLE_PICTURES].sort());
});

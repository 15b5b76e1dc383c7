import { expect, test } from 'vitest';
import { Damage, STEP_S } from '../../../../src/app/recognise/filmFrames';

/** Looks through a film of `duration` seconds, as it is done; gives what was read and what is said of the rest. */
function lookThrough(duration: number, isReadable: (time: number) => boolean) {
  const damage = new Damage();
  const read: number[] = [];
  let tries = 0;
  for (let time = 0; time < duration;) {
    if (isReadable(time)) {
      damage.passed(time);
      read.push(time);
      time += STEP_S;
    } else {
      tries++;
      time = damage.next(time, duration, STEP_S);
    }
  }
  return { read, tries, message: damage.error()?.message ?? null };
}

test('of a whole film nothing is said', () => {
  const { read, message } = lookThrough(8, () => true);
  expect([read.length, message]).toEqual([32, null]);
});

test('a film that ends early is given up after few tries, however long it says it is, and its end is tried', () => {
  const { read, tries, message } = lookThrough(7200, (time) => time < 60);
  expect(read.at(-1)).toBe(59.75);
  expect(tries).toBeLessThan(20);
  expect(message).toBe(
    'The video can be read only up to 01:00.0: its file is cut off or damaged after that. The faces found before are kept.',
  );
  expect(lookThrough(100, (time) => time < 10 || time > 99).read.at(-1)).toBe(99.75);
});

test('what comes after a damaged place is looked through; each place is named, of many the first', () => {
  const { read, message } = lookThrough(60, (time) => !(time >= 10 && time < 12) && !(time >= 30 && time < 30.4));
  expect(read.at(-1)).toBe(59.75);
  expect(read.filter((time) => time > 14 && time < 30)).toHaveLength(63);
  expect(message).toBe(
    'The video is damaged: it cannot be read at 00:10.0–00:13.5, 00:30.0–00:30.5. The rest was searched.',
  );
  const many = lookThrough(60, (time) => time % 10 !== 5);
  expect(many.message).toContain('00:35.0–00:35.5 and 2 more. The rest');
  const both = lookThrough(60, (time) => time < 50 && !(time >= 10 && time < 10.4));
  expect(both.message).toContain('at 00:10.0–00:10.5, 00:50.0–its end.');
});

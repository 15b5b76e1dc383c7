import { beforeEach, expect, test } from 'vitest';
import { TabGuard } from '../../../../src/app/photos/tabGuard';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

let kept: Map<string, string>;
let visible: boolean;
beforeEach(() => {
  kept = new Map();
  visible = true;
});
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};
/** A page that begins a pass through a folder; what the tab before it kept is all it knows. */
function openPage(): TabGuard {
  const guard = new TabGuard(storage, () => visible);
  guard.begin();
  return guard;
}
/** For which the tab ends: it never resolves. */
const endless = (): Promise<never> => new Promise(() => {});
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test('a picture that was being decoded when the tab ended is the suspect of the next; those that were done are not', async () => {
  const page = openPage();
  await page.search(A, () => Promise.resolve());
  await page.copy(A, () => Promise.resolve());
  await page.search(B, () => Promise.reject(new Error('damaged'))).catch(() => {});
  void page.search(C, endless);
  await settled();
  const next = openPage();
  expect([A, B, C].map((hash) => next.isSuspect(hash))).toEqual([false, false, true]);
  expect(next.isSuspect(null)).toBe(false);
});

test('pictures go through the decoder one at a time; of two under way, that one is the suspect', async () => {
  const page = openPage();
  await page.search(A, () => Promise.resolve());
  void page.copy(A, endless);
  void page.search(B, endless);
  let begun = false;
  void page.search(C, async () => {
    begun = true;
    await endless();
  });
  await settled();
  expect(begun).toBe(false);
  const next = openPage();
  expect([A, B, C].map((hash) => next.isSuspect(hash))).toEqual([false, true, false]);
});

test('a small copy can end the tab too', async () => {
  const page = openPage();
  void page.copy(A, endless);
  await settled();
  expect(openPage().isSuspect(A)).toBe(true);
});

test('a suspect stays one until it is left out, whatever else is decoded and however often the tab ends', async () => {
  void openPage().search(A, endless);
  await settled();
  const second = openPage();
  await second.search(B, () => Promise.resolve());
  const third = openPage();
  expect([third.isSuspect(A), third.isSuspect(B)]).toEqual([true, false]);
  third.forget(A);
  expect(third.isSuspect(A)).toBe(false);
  expect(openPage().isSuspect(A)).toBe(false);
  expect(kept.size).toBe(0);
});

test('what was under way when the page went to the background, or was closed, is no suspect', async () => {
  const page = openPage();
  void page.search(A, endless);
  await settled();
  visible = false;
  page.save();
  expect(openPage().isSuspect(A)).toBe(false);
  visible = true;
  page.save();
  expect(openPage().isSuspect(A)).toBe(true);
});

test('a pass that begins while pictures of this page are under way does not suspect them', async () => {
  const page = openPage();
  void page.search(A, endless);
  await settled();
  page.begin();
  expect(page.isSuspect(A)).toBe(false);
});

test('without storage, or with nonsense in it, pictures are decoded all the same', async () => {
  const blocked = new TabGuard(null, () => true);
  blocked.begin();
  expect(await blocked.search(A, () => Promise.resolve(7))).toBe(7);
  expect(await blocked.search(null, () => Promise.resolve(8))).toBe(8);
  void openPage().search(A, endless);
  await settled();
  const [key] = kept.keys();
  for (const text of ['{', 'null', '[1]', '{"x":"search"}', `{"${B}":"other"}`]) {
    kept.set(key!, text);
    expect(openPage().isSuspect(B)).toBe(false);
  }
  const full = new TabGuard(
    {
      ...storage,
      setItem: () => {
        throw new Error('full');
      },
    },
    () => true,
  );
  expect(await full.search(A, () => Promise.resolve(9))).toBe(9);
});

test('a page that has not begun keeps what the tab before it left, however often it goes to the background', async () => {
  void openPage().search(A, endless);
  await settled();
  const next = new TabGuard(storage, () => visible);
  for (visible of [false, true, false, true]) next.save();
  next.begin();
  expect(next.isSuspect(A)).toBe(true);
});

import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** What the page that deletes finds in its tab's session storage, and whether it was asked to. */
async function asked(scope: string, marks: readonly string[]) {
  const kept = new Map(marks.map((mark) => [mark, '1']));
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  const called: string[] = [];
  vi.stubGlobal(
    'BroadcastChannel',
    class {
      constructor(private readonly name: string) {}
      postMessage = () => called.push(this.name);
    },
  );
  vi.doMock('../../../../src/core/hosting/appScope', () => ({ APP_SCOPE: scope }));
  const { isAskedToDelete } = await import('../../../../src/app/shell/wipe');
  return { is: isAskedToDelete(), again: isAskedToDelete(), left: [...kept.keys()], called: new Set(called) };
}

test.each([
  ['/', 'facenet-delete', 'facenet-deleted'],
  ['/app/', 'facenet-delete@/app/', 'facenet-deleted@/app/'],
])(
  'in %s the page deletes after the button alone, and tells the other tabs of this copy',
  async (scope, mark, channel) => {
    expect(await asked(scope, [])).toMatchObject({ is: false, left: [], called: new Set() });
    vi.resetModules();
    expect(await asked(scope, [mark])).toEqual({ is: true, again: true, left: [mark], called: new Set([channel]) });
  },
);

test('a tab of a version whose names had no folder asks too, and a reload of the page asks again', async () => {
  const { is, again, left } = await asked('/app/', ['facenet-delete']);
  expect({ is, again, left }).toEqual({ is: true, again: true, left: ['facenet-delete@/app/'] });
});

test('the mark of a copy in another folder is none of this one', async () => {
  expect(await asked('/', ['facenet-delete@/app/'])).toMatchObject({ is: false });
  vi.resetModules();
  expect(await asked('/app/', ['facenet-delete@/app/b/'])).toMatchObject({ is: false });
});

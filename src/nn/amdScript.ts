const loading = new Map<string, Promise<unknown>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * The value that a classic script passes to an AMD `define`, by importing it as a module with a `define` in place: works in
 * pages and module workers without changing or evaluating its text. One at a time, since `define` is global.
 */
export function importAmdScript(url: string): Promise<unknown> {
  let value = loading.get(url);
  if (!value) {
    value = last.then(() => importWithDefine(url));
    last = value.catch(() => undefined);
    loading.set(url, value);
  }
  return value;
}

async function importWithDefine(url: string): Promise<unknown> {
  const scope = globalThis as { define?: unknown };
  const before = scope.define;
  let value: unknown;
  scope.define = Object.assign((_needs: string[], make: () => unknown) => (value = make()), { amd: true });
  try {
    await import(/* @vite-ignore */ url);
  } finally {
    if (before === undefined) delete scope.define;
    else scope.define = before;
  }
  if (value === undefined) throw new Error(`${url} defined no module`);
  return value;
}

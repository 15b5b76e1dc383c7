import { inject, type TestContext } from 'vitest';

/** Skips the test, saying why, where `npm run models` was not run; fails it where such a skip is not allowed. */
export async function needsModels(context: TestContext, id = 'mtcnn'): Promise<void> {
  const response = await fetch('/models/manifest.json');
  const manifest: { files?: string[] } = await response.json().catch(() => ({}));
  if (manifest.files?.some((name) => name.startsWith(id))) return;
  if (inject('expectShared')) throw new Error(`public/models has no ${id}, and EXPECT_SHARED=1: run npm run models`);
  context.skip(`public/models has no ${id}: run npm run models`);
}

export async function modelFile(name: string): Promise<Blob> {
  const response = await fetch(`/models/${name}`);
  if (!response.ok) throw new Error(`${name} is absent`);
  return response.blob();
}

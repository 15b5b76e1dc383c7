import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '../../../core/errors';
import type { Reporter } from '../reporter';
import { runTool } from './tools';

const SCRIPT = 'portable-chromium.sh';

/**
 * A folder with `bin/chromium` (and `bin/node`) that runs on a machine without them: `given` itself; unpacked from the
 * parts of a `.tar.xz` in it; or made by the script `portable-chromium.sh` in it. What is made is kept in `work`. Throws
 * `pack/no-chromium`, `pack/no-tool`, `pack/failed`.
 */
export async function portableChromium(given: string, work: string, reporter: Reporter): Promise<string> {
  if (existsSync(join(given, 'bin', 'chromium'))) return given;
  const made = join(work, 'portable');
  if (existsSync(made)) return made;
  let parts = given;
  const names = existsSync(given) ? await readdir(given) : [];
  if (names.includes(SCRIPT)) {
    parts = join(work, 'chromium-parts');
    reporter.note('Making a portable Chromium: some minutes.');
    await runTool('bash', [join(given, SCRIPT), parts]);
  } else if (!names.some((name) => name.startsWith('part.'))) throw new FaceError('pack/no-chromium', { path: given });
  const unpacking = join(work, 'portable.new');
  await rm(unpacking, { recursive: true, force: true });
  await mkdir(unpacking, { recursive: true });
  await runTool('bash', ['-c', 'set -o pipefail; cat "$0"/part.* | tar -xJ -C "$1"', parts, unpacking]);
  if (!existsSync(join(unpacking, 'portable', 'bin', 'chromium')))
    throw new FaceError('pack/no-chromium', { path: given });
  await rename(join(unpacking, 'portable'), made);
  for (const path of [unpacking, join(work, 'chromium-parts')]) await rm(path, { recursive: true, force: true });
  return made;
}

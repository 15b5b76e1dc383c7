import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createGzip } from 'node:zlib';
import { count } from '../../../core/count';
import { modelFileName, MANIFEST, writeManifest } from '../../../weights/files';
import { MODELS } from '../../../weights/registry';
import type { BackendChoice } from '../launch';
import type { PackOutput } from '../output';
import { fillModelsFolder } from '../prepareModels';
import type { Reporter } from '../reporter';
import { modelsFolder, packageRoot, packageVersion, siteFolder } from '../root';
import { writeWhole } from '../writeWhole';
import { assertLfwPairs } from '../train/lfw';
import { packPairs, packTraining } from './crops';
import { neededPackages } from './packages';
import { removeParts, writeParts, type Part } from './parts';
import { portableChromium } from './portableChromium';
import { packError, startTool } from './tools';

export interface PackFlags {
  readonly out: string;
  readonly part: number;
  readonly chromium?: string;
  readonly models: boolean;
  readonly lfw?: string;
  readonly pairs?: string;
  readonly data?: string;
  readonly backend: BackendChoice;
  readonly json?: true;
}

/** What is in the archive, and its folder there. */
const ROOT = 'facenet-web';
/** Written last: without it a set is not whole, and the script says so. */
const SUMS = 'SHA256SUMS';

/** Makes a set of parts; crops and Chromium stay in `<out>/.work`. Throws `pack/…`, as `align`, as `getModels`. */
export async function pack(flags: PackFlags, reporter: Reporter): Promise<PackOutput> {
  assertLfwPairs(flags.lfw, flags.pairs);
  try {
    const work = join(flags.out, '.work');
    await mkdir(work, { recursive: true });
    const contents = await gather(flags, work, reporter);
    await removeParts(flags.out);
    for (const name of [SUMS, 'manifest.json']) await rm(join(flags.out, name), { force: true });
    reporter.note('Writing the parts.');
    const parts = await archive(work, flags.out, flags.part);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const output: PackOutput = { version: packageVersion(), bytes, partBytes: flags.part, parts, contents };
    await copyFile(join(packageRoot(), 'scripts', 'pack', 'run.sh'), join(flags.out, 'run.sh'));
    await writeWhole(join(flags.out, 'manifest.json'), `${JSON.stringify(output, null, 2)}\n`);
    await writeWhole(join(flags.out, SUMS), parts.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
    return output;
  } catch (thrown) {
    throw packError(thrown);
  }
}

/** Makes what is asked for and links it together as it will lie on the other machine. */
async function gather(flags: PackFlags, work: string, reporter: Reporter): Promise<PackOutput['contents']> {
  const root = join(work, ROOT);
  await rm(root, { recursive: true, force: true });
  const link = async (from: string, to: string) => {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await symlink(resolve(from), join(root, to));
  };
  const own = packageRoot();
  await link(siteFolder(), 'dist');
  for (const path of ['package.json', 'LICENSE', 'dist-cli', 'recipes']) await link(join(own, path), path);
  await link(join(siteFolder(), 'third-party-licences.txt'), 'third-party-licences.txt');
  await link(join(own, 'scripts', 'pack', 'run.js'), 'run.js');
  const packages = await neededPackages(join(own, 'dist-cli'), join(own, 'node_modules'));
  for (const name of packages) await link(join(own, 'node_modules', name), join('node_modules', name));
  if (flags.chromium !== undefined) await link(await portableChromium(flags.chromium, work, reporter), 'portable');
  const models = flags.models ? await linkModels(link, root, reporter) : [];
  const lfw =
    flags.lfw !== undefined && flags.pairs !== undefined
      ? await packPairs(
          { lfw: flags.lfw, pairs: flags.pairs },
          { crops: join(work, 'lfw'), pairs: join(work, 'pairs.csv') },
          flags.backend,
          reporter,
        )
      : null;
  if (lfw) await link(join(work, 'lfw'), 'data/lfw');
  if (lfw) await link(join(work, 'pairs.csv'), 'data/pairs.csv');
  if (lfw && lfw.left > 0)
    reporter.note(`${count(lfw.left, 'pair')} left out: no face was found in a picture of theirs.`);
  const training =
    flags.data === undefined ? null : await packTraining(flags.data, join(work, 'train'), flags.backend, reporter);
  if (training !== null) await link(join(work, 'train'), 'data/train');
  return { packages, chromium: flags.chromium !== undefined, models, lfw, training };
}

/** The float16 files, made where they are missing, and the detector's. */
async function linkModels(
  link: (from: string, to: string) => Promise<void>,
  root: string,
  reporter: Reporter,
): Promise<string[]> {
  const from = process.env['FACENET_MODELS'] || undefined;
  await fillModelsFolder({ from, float32: from !== undefined }, reporter);
  const names = MODELS.flatMap(({ id, kind }) => [
    modelFileName(id, 'float16'),
    ...(kind === 'detector' ? [modelFileName(id, 'float32')] : []),
  ]).filter((name) => existsSync(join(modelsFolder(), name)));
  for (const name of names) await link(join(modelsFolder(), name), join('public', 'models', name));
  await writeWhole(join(root, 'public', 'models', MANIFEST), writeManifest(names));
  return names;
}

/** The system's tar and Node's zlib, which stream and are on every machine; `-h` reads through the links. */
async function archive(work: string, out: string, partBytes: number): Promise<Part[]> {
  const lists = ['--exclude', 'bounding_boxes_*.txt', '--exclude', '.crops_*.jsonl'];
  const { child, ended } = startTool('tar', ['-C', work, ...lists, '-chf', '-', ROOT]);
  const gzip = createGzip();
  child.stdout!.pipe(gzip);
  const written = writeParts(gzip, out, partBytes);
  written.catch(() => child.kill()); // no room left
  // A tar that is missing gives no output that could end.
  const [parts] = await Promise.all([written, ended]);
  return parts;
}

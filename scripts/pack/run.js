/* Probes the adapter, measures, trains: what run.sh starts on the machine for which `facenet-web pack` has packed. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `sh run.sh [options]
  --backend webgpu|wasm   default: webgpu, and a real GPU, or nothing is done
  --software              continue where WebGPU is computed on the CPU; it is marked as such everywhere
  --minutes N             stop training after N minutes, with a checkpoint; the same command resumes
  --epochs N              default: those of the recipe
  --batches 8,32,90       what is measured
  --steps N               measured of each batch (5)
  --batch N               pictures in a training step (the recipe's)
  --width W               share of the network's channels (1)
  --recipe FILE           default: recipes/gpu.json
  --lfw-every N           epochs between validations (5)
  --only probe|speed|train
  --results DIR           where everything goes`;

const root = dirname(fileURLToPath(import.meta.url));
const command = join(root, 'dist-cli', 'facenet-web.js');
const { values: given } = parseArgs({
  options: {
    backend: { type: 'string', default: 'webgpu' },
    software: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    epochs: { type: 'string' },
    batches: { type: 'string', default: '8,32,90' },
    steps: { type: 'string', default: '5' },
    batch: { type: 'string' },
    width: { type: 'string', default: '1' },
    recipe: { type: 'string', default: join(root, 'recipes', 'gpu.json') },
    'lfw-every': { type: 'string', default: '5' },
    only: { type: 'string' },
    results: { type: 'string', default: join(root, 'results') },
    help: { type: 'boolean', default: false },
  },
});

/** Runs a command of facenet-web, its words going to the terminal; resolves to its exit code and its JSON. */
function facenet(args, minutes) {
  const child = spawn(process.execPath, [command, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => (text += more));
  // The first signal lets a training save; a second one, of the user's, ends it.
  const stop = () => child.kill('SIGTERM');
  const timer = minutes === undefined ? undefined : setTimeout(stop, minutes * 60_000);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
      done({ code, output: text === '' ? {} : JSON.parse(text) });
    });
  });
}

function keep(name, value) {
  const path = join(given.results, name);
  writeFileSync(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.part`, path);
}

function end(code, sentence) {
  if (sentence) console.error(sentence);
  process.exit(code);
}

async function probe() {
  const { code, output } = await facenet(['speed', '--probe', '--backend', given.backend]);
  if (code !== 0) end(1, 'The probe has failed: see above.');
  const gpu = output.backend === 'webgpu' && !output.softwareAdapter;
  keep('probe.json', { ...output, rows: undefined, gpu });
  console.error(`${output.backend}, adapter: ${output.adapter ?? 'none'}; ${gpu ? 'a GPU' : 'NOT a GPU'}`);
  if (given.backend === 'webgpu' && !gpu && !given.software)
    end(3, 'WebGPU is computed on the CPU here: nothing is measured. Use --software or --backend wasm to continue.');
  return gpu;
}

async function speed(gpu) {
  const args = ['speed', '--backend', given.backend, '--batch', given.batches, '--steps', given.steps];
  const { code, output } = await facenet([...args, '--width', given.width]);
  if (code !== 0) end(1, 'Measuring has failed: see above.');
  keep('speed.json', { ...output, gpu });
  for (const { batch, embedding, training, refused } of output.rows)
    console.log(
      `batch ${batch}: embeds ${embedding.toFixed(1)}/s, learns ${training?.toFixed(1) ?? `not (${refused})`}/s`,
    );
  return output.rows;
}

/** Steps in a minute by what was measured, of the batch nearest to the run's. */
function stepsAMinute(batch) {
  const path = join(given.results, 'speed.json');
  const { rows, width } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { rows: [] };
  const known = rows
    .filter(({ training }) => training > 0)
    .sort((a, b) => Math.abs(a.batch - batch) - Math.abs(b.batch - batch));
  if (known.length === 0 || String(width) !== given.width) return 10;
  return Math.max(1, Math.round((60 * known[0].training) / batch));
}

async function train() {
  const data = join(root, 'data', 'train');
  if (!existsSync(data)) return console.error('No training folder was packed (--data): nothing is trained.');
  const recipe = JSON.parse(readFileSync(given.recipe, 'utf8'));
  const batch = given.batch === undefined ? recipe.batch : Number(given.batch);
  // A checkpoint a minute; how often one is saved may differ from run to run.
  keep('run-config.json', { ...recipe, batch, checkpointSteps: stepsAMinute(batch) });
  const out = join(given.results, 'run');
  const pairs = join(root, 'data', 'pairs.csv');
  const args = ['train', '--data', data, '--aligned', '--out', out, '--config', join(given.results, 'run-config.json')];
  args.push('--backend', given.backend, '--width', given.width, '--resume');
  if (given.epochs !== undefined) args.push('--epochs', given.epochs);
  if (existsSync(pairs))
    args.push('--lfw', join(root, 'data', 'lfw'), '--pairs', pairs, '--lfw-every', given['lfw-every']);
  const { code, output } = await facenet(args, given.minutes === undefined ? undefined : Number(given.minutes));
  if (output.error?.code === 'train/stopped') end(0, `${output.error.message} Here: sh run.sh --only train again.`);
  if (code !== 0) end(1, 'Training has failed: see above. The last checkpoint is kept.');
  console.log(JSON.stringify(output, null, 2));
}

if (given.help) {
  console.log(HELP);
  process.exit(0);
}
mkdirSync(given.results, { recursive: true });
const gpu = await probe();
if (given.only !== 'probe' && given.only !== 'train') await speed(gpu);
if (given.only !== 'probe' && given.only !== 'speed') await train();
console.error(`Results: ${given.results}`);

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../../src/harness/cli/chromium';
import { launchChromium } from '../../../src/harness/cli/launch';
import { readNpy, writeNpy } from '../../../src/weights/formats/npy';
import { serve } from '../pageServer';
import { evaluateAll } from './evaluate';
import type { CropOps } from './ops';
import { drawPairs } from './pairList';
import type { CropsPage } from './page';
import { VARIANTS } from './variants';

const SEED = 20_261_124;
const PAIRS_OF_A_KIND = 3000;
/** Pictures a call. */
const GROUP = 8;
const SIZE = 512;

/**
 * `node test/bench/crops/crops.js --data DIR --out DIR`: embeds pictures of `people` and `train` cut in every way of VARIANTS, and
 * tells how well each way, and each mean of several, keeps people apart. Options: `--per-person N` and `--train N` (pictures of each of the
 * `people`, and how many people of `train`), `--only NAME` and `--flip NAME` (repeated), `--precision`, and `--again`
 * to evaluate the embeddings in `--out` again.
 */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      out: { type: 'string' },
      'per-person': { type: 'string', default: '12' },
      train: { type: 'string', default: '96' },
      only: { type: 'string', multiple: true },
      flip: { type: 'string', multiple: true, default: ['facenet 32'] },
      precision: { type: 'string', default: 'int8' },
      again: { type: 'boolean', default: false },
    },
  });
  if (!values.data || !values.out) throw new Error('Say --data DIR and --out DIR.');
  if (values.again) return evaluate(values.out);
  const data = resolve(values.data);
  const pictures = [
    ...picturesOf(data, 'people', Infinity, Number(values['per-person'])),
    ...picturesOf(data, 'train', Number(values.train), Infinity),
  ];
  const variants = values.only ?? VARIANTS.map(({ name }) => name);
  const precision = values.precision === 'float32' ? 'float32' : 'int8';
  const { names, kept, rows } = await embedAll(data, pictures, { precision, variants, flipped: values.flip });
  const tables = new Map(
    names.map((name, column) => [name, Float32Array.from(rows.flatMap((row) => [...slice(row, column)]))]),
  );
  mkdirSync(values.out, { recursive: true });
  for (const [name, table] of tables)
    writeFileSync(join(values.out, `${name}.npy`), writeNpy({ shape: [kept.length, SIZE], data: table }));
  writeFileSync(join(values.out, 'pictures.txt'), kept.map((name) => `${name}\n`).join(''));
  return evaluate(values.out);
}

function evaluate(folder: string): number {
  const pictures = readFileSync(join(folder, 'pictures.txt'), 'utf8').trimEnd().split('\n');
  const tables = new Map<string, Float32Array>();
  for (const name of VARIANTS.flatMap(({ name }) => [name, `${name}, flipped`])) {
    const path = join(folder, `${name}.npy`);
    if (existsSync(path)) tables.set(name, readNpy(readFileSync(path), path).data as Float32Array);
  }
  const list = drawPairs(pictures, personOf, PAIRS_OF_A_KIND, SEED);
  const lines = list.pairs.map(({ a, b, same, fold }) => `${a},${b},${Number(same)},${fold}`);
  writeFileSync(join(folder, 'pairs.csv'), `a,b,same,fold\n${lines.join('\n')}\n`);
  const text = evaluateAll(pictures, personOf, tables, list);
  writeFileSync(join(folder, 'table.md'), text);
  console.log(text);
  return 0;
}

const slice = (row: Float32Array, column: number): Float32Array => row.subarray(column * SIZE, (column + 1) * SIZE);
const personOf = (picture: string): string => picture.slice(0, picture.lastIndexOf('/'));

function picturesOf(data: string, set: string, people: number, each: number): string[] {
  const folders = readdirSync(join(data, set)).sort().slice(0, people);
  return folders.flatMap((folder) =>
    readdirSync(join(data, set, folder))
      .sort()
      .slice(0, each)
      .map((file) => `${set}/${folder}/${file}`),
  );
}

async function embedAll(
  data: string,
  pictures: readonly string[],
  networks: CropOps['start']['req'],
): Promise<{ names: string[]; kept: string[]; rows: Float32Array[] }> {
  const server = await serve([data]);
  const browser = await launchChromium(await ensureChromium(), 'wasm');
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${server.resolvedUrls!.local[0]!}test/bench/crops/index.html`);
    await page.waitForFunction(() => 'cropsPage' in globalThis);
    const workers = availableParallelism();
    const names = await page.evaluate(([n, req]) => cropsPage.start(n, req), [workers, networks] as const);
    const rows: (Float32Array | null)[] = pictures.map(() => null);
    let next = 0;
    const start = performance.now();
    const work = async (worker: number): Promise<void> => {
      while (next < pictures.length) {
        const first = next;
        next += GROUP;
        const group = pictures.slice(first, first + GROUP).map((name) => ({ url: `/@fs${join(data, name)}`, name }));
        const answer: Awaited<ReturnType<CropsPage['embed']>> = await page.evaluate(
          ([n, list]) => cropsPage.embed(n, list),
          [worker, group] as const,
        );
        const numbers = new Float32Array(answer.numbers.slice().buffer);
        let at = 0;
        for (const [i, found] of answer.found.entries())
          if (found) rows[first + i] = numbers.subarray(at, (at += names.length * SIZE));
        const minutes = (performance.now() - start) / 60_000;
        if ((first / GROUP) % 10 === 0) console.error(`${first} of ${pictures.length}, ${minutes.toFixed(1)} min`);
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
    const kept = pictures.flatMap((name, i) => (rows[i] ? [name] : []));
    return { names, kept, rows: rows.filter((row) => row !== null) };
  } finally {
    await browser.close();
    await server.close();
  }
}

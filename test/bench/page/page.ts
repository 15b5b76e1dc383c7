import { FaceNet } from '../../../src/client/faceNet';
import { MOBILE_FACE_NET_SIZE } from '../../../src/models/mobileFaceNet';
import { FACENET_SIZE } from '../../../src/models/inceptionResnetV1';
import { connect } from '../../../workers/rpc';
import { enrolPortraits } from './enrol';
import { loadFaceApi } from './faceapi';
import { measureInTurn, timed, type Case, type Turns } from './measure';
import type { NetworkOps } from './networkOps';
import { benchPicture, faceTensor, type BenchPicture } from './pictures';

const MIN_SIZES = [20, 40, 80] as const;
const PICTURE = 'picture.vga.6faces';

export interface PageResult {
  readonly adapter: string | null;
  readonly engine: string;
  readonly samples: Readonly<Record<string, number[]>>;
  readonly notes: readonly string[];
}

declare global {
  /** What the Node side calls. */
  function bench(turns: Turns): Promise<PageResult>;
}

globalThis.bench = async (turns) => {
  const [six, one] = [await benchPicture('six'), await benchPicture('one')];
  const notes: string[] = [];
  const client = new FaceNet();
  try {
    const state = await client.call('start', {});
    const cases = [
      ...(await networkCases(six, state.threads, notes)),
      ...(await ourCases(client, six, one, notes)),
      ...(await faceApiCases(six, notes)),
    ];
    const samples = await measureInTurn(cases, turns);
    const engine = `${state.model} ${state.precision}, ${state.engine} on ${state.backend}, ${state.threads} threads`;
    return { adapter: await adapterName(), engine, samples, notes: [...state.notes, ...notes] };
  } finally {
    client.close();
  }
};

async function networkCases(picture: BenchPicture, threads: number, notes: string[]): Promise<Case[]> {
  const worker = new Worker(new URL('./networks.worker.ts', import.meta.url), { type: 'module', name: 'networks' });
  const { call } = connect<NetworkOps>(worker);
  const prepared = await call('prepare', {
    threads,
    facenetFaces: faceTensor(picture, FACENET_SIZE),
    embeddedFaces: faceTensor(picture, MOBILE_FACE_NET_SIZE),
  });
  notes.push(...prepared.notes);
  return prepared.rows.map(({ name, batch }) => ({
    name,
    run: async () => ({ [name]: (await call('run', { name })) / batch }),
  }));
}

/** Detection from pixels, and a picture file to names, through the app's own client and worker. */
async function ourCases(client: FaceNet, six: BenchPicture, one: BenchPicture, notes: string[]): Promise<Case[]> {
  await enrolPortraits(client);
  const cases: Case[] = [];
  for (const minSize of MIN_SIZES) {
    const name = `detect.vga.${minSize}`;
    const detect = () => client.call('detect', { picture: one.pixels, options: { minSize } });
    const { faces } = await detect();
    if (faces.length === 1) cases.push(timed(name, detect));
    else notes.push(`${name} was not timed: ${faces.length} faces found where there is 1.`);
  }
  const recognise = () => client.call('recognise', { picture: six.jpeg });
  const found = inWords((await recognise()).faces.map(({ match }) => match.person));
  const right = inWords(six.people);
  if (found === right) cases.push({ name: PICTURE, run: () => timedRecognise(recognise) });
  else notes.push(`${PICTURE} was not timed: found ${found} where there are ${right}.`);
  return cases;
}

function inWords(people: readonly (string | null)[]): string {
  return people
    .map((person) => person ?? 'unknown')
    .sort()
    .join(', ');
}

async function timedRecognise(recognise: () => Promise<{ timings: Readonly<Record<string, number>> }>) {
  const start = performance.now();
  const { timings } = await recognise();
  const whole = performance.now() - start;
  const stages = Object.entries(timings).map(([stage, ms]) => [`${PICTURE}.${stage}`, ms] as const);
  return { [PICTURE]: whole, ...Object.fromEntries(stages) };
}

async function faceApiCases(picture: BenchPicture, notes: string[]): Promise<Case[]> {
  const peer = await loadFaceApi();
  const cases: Case[] = [];
  for (const [name, detector] of [
    ['peer.faceapi.vga.6faces', 'ssd'],
    ['peer.faceapi.vga.6faces.tiny', 'tiny'],
  ] as const) {
    const run = () => peer.run(picture.jpeg, detector);
    const found = await run();
    if (found === picture.faces.length) cases.push(timed(name, run));
    else notes.push(`${name} was not timed: ${found} faces found where there are ${picture.faces.length}.`);
  }
  return cases;
}

async function adapterName(): Promise<string | null> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return null;
  const { vendor, architecture, description } = adapter.info;
  return description || `${vendor} ${architecture}`.trim();
}

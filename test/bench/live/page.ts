import { FrameLoop } from '../../../src/client/frameLoop';
import { frameOf } from '../../../src/client/pictures';
import { FaceNet } from '../../../src/client/faceNet';
import type { EngineMemory } from '../../../src/core/types';
import { enrolPortraits } from '../page/enrol';
import { loadFaceApi } from '../page/faceapi';
import { loadHuman } from './human';
import { playScene, type Scene } from './scene';

/** Of one follower of one scene in one round. */
export interface LiveRound {
  readonly name: string;
  /** Results a second. */
  readonly fps: number;
  /** From a frame taken to its result on the page, milliseconds, each. */
  readonly ages: readonly number[];
  /** Faces known by a result, on average; the scene has `faces`. */
  readonly found: number;
  readonly faces: number;
  /** Of our own: milliseconds of each stage in all. */
  readonly stages: Readonly<Record<string, number>>;
}

export interface LiveOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly peers: boolean;
}

export interface SoakPoint {
  readonly frames: number;
  readonly memory: EngineMemory;
  /** JavaScript of page and workers after collection, as the browser measures it. */
  readonly heapBytes: number;
}

declare global {
  function liveBench(options: LiveOptions): Promise<LiveRound[]>;
  function soak(frames: number, every: number): Promise<SoakPoint[]>;
}

type Follow = (video: HTMLVideoElement, stages: Record<string, number>) => Promise<number>;

/** Not counted: networks are compiled and caches filled. */
const WARM_MS = 1500;

globalThis.liveBench = async ({ rounds, seconds, peers }) => {
  const client = new FaceNet();
  await client.call('start', { backend: 'wasm' });
  await enrolPortraits(client);
  const faceapi = peers ? await loadFaceApi() : null;
  const results: LiveRound[] = [];
  const human = peers ? await loadHuman(6) : null;
  for (let round = 1; round <= rounds; round++) {
    for (const which of ['one', 'six'] as const) {
      const followers: Record<string, Follow> = {
        ours: ours(client, `${which}-${round}`),
        ...(human && { human: (video) => human(video) }),
        ...(faceapi && { 'faceapi.tiny': (video) => faceapi.follow(video, 'tiny') }),
        ...(faceapi && { 'faceapi.ssd': (video) => faceapi.follow(video, 'ssd') }),
      };
      for (const [name, follow] of Object.entries(followers)) {
        const scene = await playScene(which);
        results.push({ name: `live.${which}.${name}`, ...(await watch(scene, follow, seconds)) });
        scene.stop();
      }
    }
    console.log(`round ${round} of ${rounds}`);
  }
  client.close();
  return results;
};

/** Our live path as the app drives it; the number of faces that have a name or are said to be unknown. */
function ours(client: FaceNet, name: string): Follow {
  return async (video, stages) => {
    const time = performance.now();
    const { faces, timings } = await client.call('track', { video: name, picture: await frameOf(video), time });
    for (const [stage, ms] of Object.entries(timings)) stages[stage] = (stages[stage] ?? 0) + ms;
    return faces.filter(({ confirmed, match }) => confirmed && match !== null).length;
  };
}

async function heapBytes(): Promise<number> {
  const measuring = performance as Performance & { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> };
  return (await measuring.measureUserAgentSpecificMemory()).bytes;
}

globalThis.soak = async (frames, every) => {
  const client = new FaceNet();
  await client.call('start', { backend: 'wasm' });
  await enrolPortraits(client);
  const scene = await playScene('one');
  const follow = ours(client, 'soak');
  const points: SoakPoint[] = [];
  for (let done = 0; done <= frames; done++) {
    if (done % every === 0) {
      points.push({ frames: done, memory: await client.call('memory', {}), heapBytes: await heapBytes() });
      console.log(`${done} of ${frames} frames`, JSON.stringify(points.at(-1)));
    }
    await follow(scene.video, {});
  }
  scene.stop();
  client.close();
  return points;
};

async function watch({ video, faces }: Scene, follow: Follow, seconds: number): Promise<Omit<LiveRound, 'name'>> {
  const ages: number[] = [];
  const counts: number[] = [];
  let stages: Record<string, number> = {};
  const begin = performance.now() + WARM_MS;
  let first = 0;
  let last = 0;
  const loop = new FrameLoop(async () => {
    const taken = performance.now();
    const thrown: Record<string, number> = {};
    const counting = taken >= begin;
    const found = await follow(video, counting ? stages : thrown);
    if (!counting) return;
    last = performance.now();
    if (ages.length === 0) first = last;
    ages.push(last - taken);
    counts.push(found);
  });
  loop.follow(video);
  await new Promise((resolve) => setTimeout(resolve, WARM_MS + seconds * 1000));
  loop.leave();
  const fps = ages.length > 1 ? (1000 * (ages.length - 1)) / (last - first) : ages.length / seconds;
  stages = Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, ms / ages.length]));
  return { fps, ages, found: counts.reduce((sum, n) => sum + n, 0) / counts.length, faces, stages };
}

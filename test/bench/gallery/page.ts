import { FaceNet } from '../../../src/client/faceNet';
import { knownScale, type CohortUse } from '../../../src/core/cohort';
import { mulberry32 } from '../../../src/core/random';
import type { Embedding, GalleryFace, Match } from '../../../src/core/types';
import { euclidean, l2Normalise } from '../../../src/core/vectors';
import { readNpy } from '../../../src/weights/formats/npy';
import { MODELS } from '../../../src/weights/registry';

export interface GalleryCase {
  /** Where embeddings and their labels lie, both `.npy`. */
  readonly embeddings: string;
  readonly labels: string;
  readonly faces: number;
  readonly probes: number;
  readonly seed: number;
}

export interface GalleryResult {
  readonly faces: number;
  readonly people: number;
  readonly size: number;
  /** Packing and sending the gallery, and the first search, ms. */
  readonly setUp: number;
  readonly first: number;
  /** One search a call, ms: as the page waits for it, message both ways included. */
  readonly known: readonly number[];
  readonly strangers: readonly number[];
  /** A search a face when all probes are asked at once, ms. */
  readonly together: number;
  /** Answers unlike a plain search's in double precision, of `checked`. */
  readonly wrong: number;
  readonly checked: number;
}

declare global {
  function galleryBench(options: GalleryCase): Promise<GalleryResult>;
}

/** Length of the noise that makes a further face of a real one: about half the distance of two pictures of a person. */
const NOISE = 0.4;
const CHECKED = 12;

globalThis.galleryBench = async (options) => {
  const { modelId, gallery, known, strangers } = await makeFaces(options);
  const client = new FaceNet();
  try {
    const { cohort } = await client.call('start', {
      model: modelId,
      modelsUrl: new URL('/models/', location.href).href,
    });
    // As the store has them.
    const withMeans = async <T extends { readonly embedding: Embedding }>(list: readonly T[]): Promise<T[]> => {
      const means = await client.call('cohortMeans', { vectors: list.map(({ embedding }) => embedding.vector) });
      return list.map((one, i) => ({
        ...one,
        embedding: { ...one.embedding, ...(means && { cohortMean: means[i]! }) },
      }));
    };
    const stored = await withMeans(gallery);
    const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
      const start = performance.now();
      const result = await work();
      return [result, performance.now() - start];
    };
    const match = (embeddings: Embedding[]) => client.call('match', { embeddings });
    const [{ people }, setUp] = await timed(() => client.call('setGallery', { faces: stored }));
    const [, first] = await timed(() => match([strangers[0]!]));
    const oneByOne = async (probes: readonly Embedding[]): Promise<[Match[], number[]]> => {
      const matches: Match[] = [];
      const times: number[] = [];
      for (const probe of probes) {
        const [[answer], ms] = await timed(() => match([probe]));
        matches.push(answer!);
        times.push(ms);
      }
      return [matches, times];
    };
    const [ofKnown, knownTimes] = await oneByOne(known);
    const [ofStrangers, strangerTimes] = await oneByOne(strangers);
    const all = [...known, ...strangers];
    const [, together] = await timed(() => match(all));
    const answers = [...ofKnown, ...ofStrangers];
    const step = Math.max(1, Math.floor(all.length / CHECKED));
    const checked = [...all.keys()].filter((i) => i % step === 0);
    const probes = await withMeans(checked.map((i) => ({ embedding: all[i]! })));
    const wrong = checked.filter((i, at) => !isPlainAnswer(answers[i]!, probes[at]!.embedding, stored, cohort)).length;
    return {
      faces: gallery.length,
      people,
      size: gallery[0]!.embedding.vector.length,
      setUp,
      first,
      known: knownTimes,
      strangers: strangerTimes,
      together: together / all.length,
      wrong,
      checked: checked.length,
    };
  } finally {
    client.close();
  }
};

/**
 * The gallery is the real embeddings and copies of them with Gaussian noise, scaled to length 1 again. Probes are real
 * ones left out of it: half of them of people whose other pictures are in it, half of people who are not.
 */
async function makeFaces({ embeddings, labels, faces, probes, seed }: GalleryCase) {
  const read = async (url: string) => readNpy(new Uint8Array(await (await fetch(url)).arrayBuffer()), url);
  const [{ shape, data }, { data: persons }] = await Promise.all([read(embeddings), read(labels)]);
  const [count, size] = [shape[0]!, shape[1]!];
  const row = MODELS.find((model) => model.kind === 'embedder' && model.embeddingSize === size);
  if (!row) throw new Error(`no model has embeddings of ${size} numbers`);
  const vectors = Float32Array.from(data, Number);
  const vectorOf = (i: number) => vectors.slice(i * size, (i + 1) * size);
  const ofPerson = new Map<string, number[]>();
  for (let i = 0; i < count; i++) {
    const person = String(persons[i]);
    ofPerson.set(person, [...(ofPerson.get(person) ?? []), i]);
  }
  const half = Math.floor(probes / 2);
  const known = [...ofPerson.values()].filter((own) => own.length > 1).slice(0, half);
  const strangers = [...ofPerson.values()].filter((own) => own.length === 1).slice(0, half);
  const leftOut = new Set([...known, ...strangers].map((own) => own[0]!));
  const base = [...vectors.keys()].slice(0, count).filter((i) => !leftOut.has(i));
  const random = mulberry32(seed);
  const gallery = Array.from({ length: faces }, (_, at): GalleryFace => {
    const i = base[at % base.length]!;
    const vector = at < base.length ? vectorOf(i) : noisy(vectorOf(i), random);
    return { person: String(persons[i]), embedding: { modelId: row.id, vector } };
  });
  const probe = ([i]: readonly number[]): Embedding => ({ modelId: row.id, vector: vectorOf(i!) });
  return { modelId: row.id, gallery, known: known.map(probe), strangers: strangers.map(probe) };
}

function noisy(vector: Float32Array, random: () => number): Float32Array {
  const scale = NOISE / Math.sqrt(vector.length);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return l2Normalise(vector.map((value) => value + scale * gaussian()));
}

function isPlainAnswer(
  match: Match,
  probe: Embedding,
  gallery: readonly GalleryFace[],
  cohort: CohortUse | null,
): boolean {
  const nearest = new Map<string, number>();
  const scale = knownScale(cohort, probe)!;
  for (const { person, embedding } of gallery) {
    const distance = euclidean(probe.vector, embedding.vector) * scale * knownScale(cohort, embedding)!;
    if (distance < (nearest.get(person) ?? Infinity)) nearest.set(person, distance);
  }
  const [first, second] = [...nearest].sort((a, b) => a[1] - b[1]);
  const same = (a: number | null, b: number) => a !== null && Math.abs(a - b) < 1e-6;
  return (
    match.nearest === first![0] &&
    match.second === second![0] &&
    same(match.normalised, first![1]) &&
    same(match.secondNormalised, second![1])
  );
}

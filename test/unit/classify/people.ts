import { packSamples, type Samples } from '../../../src/classify/samples';
import { l2Normalise } from '../../../src/core/vectors';
import { mulberry32 } from '../../../src/core/random';

/** Made-up people: `each` embeddings of unit length round a direction a person. */
export function madeUpPeople(people: number, each: number, { spread = 0.12, size = 12, seed = 1 } = {}): Samples {
  const random = mulberry32(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const list = [];
  for (let person = 0; person < people; person++) {
    const centre = l2Normalise(Float32Array.from({ length: size }, normal));
    for (let i = 0; i < each; i++)
      list.push({ name: `person ${person}`, vector: l2Normalise(centre.map((x) => x + spread * normal())) });
  }
  return packSamples(list);
}

export function vectorAt({ size, vectors }: Samples, i: number): Float32Array {
  return vectors.subarray(i * size, (i + 1) * size);
}

import { trainLogistic } from '../../classify/logistic';
import { packSamples, type Samples } from '../../classify/samples';
import type { Gallery } from '../../pipeline/gallery';
import type { NameClassifier } from '../../pipeline/nameClassifier';

/** Of the logistic regression, as `classify train` has it. */
const COST = 10;

/** The gallery's faces, labelled with their people. */
export function samplesOf({ people, personOf, vectors }: Gallery): Samples {
  const size = vectors.length / Math.max(1, personOf.length);
  return packSamples(
    Array.from(personOf, (person, row) => ({
      name: people[person]!,
      vector: vectors.subarray(row * size, (row + 1) * size),
    })),
  );
}

/** A classifier trained on the gallery; null where there are not two people. */
export function logisticClassifier(gallery: Gallery): NameClassifier | null {
  const samples = samplesOf(gallery);
  const { size, classes } = samples;
  if (classes.length < 2) return null;
  const parameters = trainLogistic(samples, COST);
  const rows = new Float32Array(classes.length * size);
  const biases = new Float32Array(classes.length);
  for (let c = 0; c < classes.length; c++) {
    const at = c * (size + 1);
    rows.set(parameters.subarray(at, at + size), c * size);
    biases[c] = parameters[at + size]!;
  }
  return { people: classes, rows, biases };
}

import { eachCandidate } from '../core/search/candidates';
import type { Embedding } from '../core/types';
import { squaredDistance } from '../core/vectors';
import type { Weights } from '../core/weights';
import { toFloat32 } from '../nn/weightValues';
import type { EmbedderRow } from '../weights/modelRow';
import { HEAD_NAMES } from '../weights/trained';
import type { Gallery } from './gallery';

/** A linear classifier of embeddings, trained on the gallery's people: row r of `rows` belongs to `people[r]`. */
export interface NameClassifier {
  readonly people: readonly string[];
  readonly rows: Float32Array;
  /** Softmax's; null for ArcFace, which compares directions only. */
  readonly biases: Float32Array | null;
}

/** The head of a trained model whose file says whom its rows name; null for every other model. */
export function storedClassifier(row: EmbedderRow, weights: Weights): NameClassifier | null {
  const people = row.trained?.people ?? [];
  const [matrix, biases] = HEAD_NAMES.map((name) => weights.get(name));
  if (people.length === 0 || matrix?.shape[0] !== people.length || matrix.shape[1] !== row.embeddingSize) return null;
  return { people, rows: toFloat32(matrix), biases: biases ? toFloat32(biases) : null };
}

/** The result of distances alone. */
interface ByDistance {
  /** Normalised. */
  readonly threshold: number;
  /** Of the probe: see core/cohort.ts. */
  readonly scale: number;
  /** The person of least normalised distance. */
  readonly nearest: string;
}

/**
 * The classifier's choice among the gallery's people with a face within the threshold, with the row of their nearest face;
 * null where it knows fewer than two of them, or not the nearest one: then the distance decides. The classifier never decides
 * who is a stranger.
 */
export function namedByClassifier(
  { vector }: Pick<Embedding, 'vector'>,
  classifier: NameClassifier,
  gallery: Gallery,
  { threshold, scale, nearest }: ByDistance,
): { readonly person: string; readonly row: number } | null {
  const candidates = peopleWithin(vector, gallery, threshold / scale);
  const known = classifier.people.flatMap((person, classifierRow) => {
    const near = candidates.get(person);
    return near ? [{ person, row: near.row, logit: logitOf(vector, classifier, classifierRow) }] : [];
  });
  if (known.length < 2 || !known.some(({ person }) => person === nearest)) return null;
  return known.reduce((best, next) => (next.logit > best.logit ? next : best));
}

/** The nearest face of each person that has one whose distance times its own scale is within `limit`. */
function peopleWithin(vector: Float32Array, gallery: Gallery, limit: number) {
  const within = new Map<string, { readonly row: number; readonly scaled: number }>();
  eachCandidate(
    gallery.codes,
    vector,
    limit,
    (row) => {
      const scaled = Math.sqrt(squaredDistance(vector, gallery.vectors, row * vector.length)) * gallery.scales[row]!;
      const person = gallery.people[gallery.personOf[row]!]!;
      if (scaled <= limit && scaled < (within.get(person)?.scaled ?? Infinity)) within.set(person, { row, scaled });
      return limit;
    },
    gallery.scales,
  );
  return within;
}

function logitOf(vector: Float32Array, { rows, biases }: NameClassifier, row: number): number {
  const size = vector.length;
  const own = rows.subarray(row * size, (row + 1) * size);
  const dot = vector.reduce((sum, value, i) => sum + value * own[i]!, 0);
  return biases ? dot + biases[row]! : dot / Math.hypot(...own);
}

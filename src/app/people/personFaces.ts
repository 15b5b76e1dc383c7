import { linkDistances } from '../../cluster/averageLinkage';
import { normalisedDistance } from '../../core/cohort';
import { euclidean } from '../../core/vectors';

/** How a face relates to the person's others. */
export interface FaceStanding {
  /** Mean plain Euclidean distance to the person's other faces; null without any. */
  readonly distance: number | null;
  /** The same with normalised distances, which decide who is one person. */
  readonly normalised: number | null;
  /** `best`: nearest to the others that agree; `outlier`: like none of them; null otherwise, and below three faces. */
  readonly kind: 'best' | 'outlier' | null;
}

/** An embedding with its scale: see core/cohort.ts. */
export interface ScaledFace {
  readonly vector: Float32Array;
  readonly scale: number;
}

export interface PersonFaces {
  /** In the order of the faces given. */
  readonly standings: readonly FaceStanding[];
  /** Indices of the faces that look like a second person. */
  readonly second: readonly number[];
}

/** With fewer faces no outlier can be named: of two that differ, either may be the wrong one. */
const FEWEST = 3;
/** More faces are not compared: the work grows with the square, and the page must respond. */
const MOST = 500;

/**
 * Which of a person's faces (embeddings of one model) agree, by average linkage of normalised distances up to
 * `threshold`, the model's own for one person. The largest group (of equals the one with the first face) is the person;
 * a single face is an outlier; the next group of two or more looks like a second person.
 */
export function compareFaces(faces: readonly ScaledFace[], threshold: number): PersonFaces {
  const n = faces.length;
  if (n > MOST) return { standings: faces.map(() => ({ distance: null, normalised: null, kind: null })), second: [] };
  const plain = faces.map((a) => faces.map((b) => euclidean(a.vector, b.vector)));
  const normalised = plain.map((row, a) =>
    row.map((distance, b) => normalisedDistance(distance, faces[a]!.scale, faces[b]!.scale)),
  );
  const [own = [], ...others] = groupsWithin(normalised, threshold).sort((a, b) => b.length - a.length);
  const agreed = n >= FEWEST && own.length > 1;
  const meanTo = (distances: readonly number[][], face: number, rest: readonly number[]): number | null => {
    const left = rest.filter((other) => other !== face);
    return left.length === 0 ? null : left.reduce((sum, other) => sum + distances[face]![other]!, 0) / left.length;
  };
  const spread = own.map((face) => meanTo(plain, face, own) ?? 0);
  const best = agreed ? own[spread.indexOf(Math.min(...spread))] : undefined;
  const alone = new Set(agreed ? others.filter((group) => group.length === 1).flat() : []);
  const all = [...faces.keys()];
  return {
    standings: all.map((face) => ({
      distance: meanTo(plain, face, all),
      normalised: meanTo(normalised, face, all),
      kind: face === best ? 'best' : alone.has(face) ? 'outlier' : null,
    })),
    second: others[0] && others[0].length > 1 ? others[0] : [],
  };
}

/** Each group's faces ascending, groups in the order of their first faces. */
function groupsWithin(distances: readonly (readonly number[])[], threshold: number): number[][] {
  // Row by row above the diagonal: the condensed matrix.
  const condensed = Float32Array.from(distances.flatMap((row, i) => row.slice(i + 1)));
  const groups: number[][] = [];
  for (const [face, label] of linkDistances(condensed, distances.length, threshold).entries())
    (groups[label] ??= []).push(face);
  return groups;
}

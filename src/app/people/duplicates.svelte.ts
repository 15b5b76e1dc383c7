import type { FaceRecord } from '../../store/schema';
import type { Engine } from '../shell/engine.svelte';

/** Faces compared with the gallery per call: short, so that recognition gets its turn in between. */
const BATCH = 64;

/** The nearest other person of a face. */
export interface Neighbour {
  readonly personId: string;
  readonly otherId: string | null;
  /** Plain, and normalised, which decides (core/cohort.ts). */
  readonly distance: number;
  readonly normalised: number;
  readonly modelId: string;
}

/** Two people who may be one: the normalised distance of their nearest faces is within the threshold. */
export interface Duplicate {
  readonly a: string;
  readonly b: string;
  /** Plain, for display. */
  readonly distance: number;
  readonly normalised: number;
}

interface KnownPeople {
  readonly list: readonly { readonly faces: readonly FaceRecord[] }[];
  readonly byId: ReadonlyMap<string, unknown>;
}

/** Finds people who are in the list twice, by each face's nearest other person. */
export class Duplicates {
  /** Nearest first, each pair once. */
  pairs = $state.raw<readonly Duplicate[]>([]);
  /** Pairs that the user has called two people; until the page closes. */
  readonly #dismissed = new Set<string>();
  /** By face, as of the last check. */
  neighbours = $state.raw<ReadonlyMap<string, Neighbour>>(new Map());
  readonly #neighbours = new Map<string, Neighbour>();

  constructor(
    private readonly engine: Engine,
    private readonly people: KnownPeople,
  ) {}

  /** Compares new and moved faces and those whose neighbour is gone; a new face finds its pairs from its side. */
  async check(): Promise<void> {
    const state = this.engine.state;
    if (!state) return;
    const faces = this.people.list.flatMap((person) => person.faces);
    const present = new Set(faces.map((face) => face.id));
    for (const id of this.#neighbours.keys()) if (!present.has(id)) this.#neighbours.delete(id);
    const open = faces.filter(
      (face) =>
        face.embedding.modelId === state.model &&
        face.embedding.vector.length === state.embeddingSize &&
        this.#mustCompare(face, state.threshold),
    );
    for (let start = 0; start < open.length; start += BATCH) await this.#compare(open.slice(start, start + BATCH));
    this.#collect(state.threshold);
  }

  dismiss(pair: Duplicate): void {
    this.#dismissed.add(keyOf(pair.a, pair.b));
    this.pairs = this.pairs.filter((other) => other !== pair);
  }

  #mustCompare(face: FaceRecord, threshold: number): boolean {
    const known = this.#neighbours.get(face.id);
    if (known?.personId !== face.personId || known.modelId !== face.embedding.modelId) return true;
    // A displayed pair must still be true: the other's nearest face may have been removed or moved.
    return known.otherId !== null && (!this.people.byId.has(known.otherId) || known.normalised <= threshold);
  }

  async #compare(faces: readonly FaceRecord[]): Promise<void> {
    const matches = await this.engine.client.call('match', { embeddings: faces.map((face) => face.embedding) });
    matches.forEach((match, i) => {
      const face = faces[i]!;
      // The nearest is the person's own face at distance 0, unless somebody else has the very same face.
      const own = match.nearest === face.personId;
      this.#neighbours.set(face.id, {
        personId: face.personId,
        modelId: face.embedding.modelId,
        otherId: own ? match.second : match.nearest,
        distance: (own ? match.secondDistance : match.distance) ?? Infinity,
        normalised: (own ? match.secondNormalised : match.normalised) ?? Infinity,
      });
    });
  }

  #collect(threshold: number): void {
    const nearest = new Map<string, Duplicate>();
    for (const { personId, otherId, distance, normalised } of this.#neighbours.values()) {
      if (otherId === null || normalised > threshold) continue;
      const key = keyOf(personId, otherId);
      const before = nearest.get(key);
      if (this.#dismissed.has(key) || (before && before.normalised <= normalised)) continue;
      nearest.set(key, { a: personId, b: otherId, distance, normalised });
    }
    this.neighbours = new Map(this.#neighbours);
    this.pairs = [...nearest.values()].sort((one, other) => one.normalised - other.normalised);
  }
}

function keyOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

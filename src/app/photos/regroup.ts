/** One grouping of the library's faces: which of them look like one person, compared as far as they are new. */
import type { Embedding } from '../../core/types';
import type { Assignment, PhotoFace, PhotoStore } from '../../store/photoSchema';
import type { Person } from '../people/people.svelte';
import { reembed } from '../people/reembed';
import type { Engine } from '../shell/engine.svelte';
import type { TaskCall } from '../shell/task.svelte';
import {
  assignmentsOf,
  chooseFaces,
  groupingRequest,
  groupingState,
  knownFaces,
  markOf,
  PERSON_FACES,
  type KnownFace,
} from './groups';

/** With this many times the faces of when all were compared, all are again: what was right of few may be wrong of many. */
const MORE = 1.5;

/** Which faces have been compared with each other already; `whole`: how many there were when all were. */
export interface Compared {
  readonly model: string;
  readonly whole: number;
  readonly marks: ReadonlySet<string>;
}
export const NOTHING_COMPARED: Compared = { model: '', whole: 0, marks: new Set() };

export interface Grouping {
  readonly changes: ReadonlyMap<string, Assignment>;
  /** The faces that the changes are about, as they were. */
  readonly faces: readonly PhotoFace[];
  readonly compared: Compared;
  /** What the grouping went by, for `setGroupedBy`; null: the faces are grouped as they should be. */
  readonly state: string | null;
}

export interface GroupedLibrary {
  readonly store: PhotoStore;
  readonly faces: readonly PhotoFace[];
}

/**
 * Groups what is new since `compared`. Faces are read from `library` after their embeddings, which may take long. Null:
 * there is nothing to group, or no engine to do it with. Throws what the worker and the store throw, `aborted`.
 */
export async function regroup(
  library: GroupedLibrary,
  people: { readonly list: readonly Person[] },
  engine: Engine,
  compared: Compared,
  { signal, onProgress }: TaskCall,
): Promise<Grouping | null> {
  const state = await engine.ready().catch(() => null);
  const { store } = library;
  if (!state || library.faces.length === 0 || !store.mayWrite()) return null;
  const { model } = state;
  if ((await store.groupedBy()) === (await groupingState(model, library.faces, people.list))) {
    const { faces } = library;
    return { changes: new Map(), faces, compared: comparedOf(model, faces.length, faces), state: null };
  }
  onProgress({ stage: 'Grouping faces', done: 0, total: 0 });
  const embeddings = await presentEmbeddings(library.store, engine, model, signal);
  const [all, list] = [library.faces, people.list];
  const chosen = chooseFaces(all.filter(({ id }) => embeddings.get(id)?.modelId === model));
  const known = knownFaces(list, chosen, embeddings, model, PERSON_FACES);
  const isPart = compared.model === model && chosen.length < MORE * compared.whole;
  const { request, order } = groupingRequest(chosen, embeddings, known, isPart ? compared.marks : new Set());
  const answer = chosen.length > 0 ? await engine.client.call('groupFaces', request, { signal, onProgress }) : [];
  const labels = new Int32Array(order.length);
  for (const [at, place] of order.entries()) labels[place] = answer[at]!;
  const changes = assignmentsOf(chosen, known, labels);
  // Not the faces as they are now: what has changed meanwhile is not grouped yet.
  const grouped = all.map((face) => ({ ...face, ...changes.get(face.id) }));
  return {
    changes,
    faces: chosen,
    compared: comparedOf(model, 'from' in request ? compared.whole : chosen.length, [...grouped, ...known]),
    state: await groupingState(model, grouped, list),
  };
}

function comparedOf(model: string, whole: number, faces: readonly (PhotoFace | KnownFace)[]): Compared {
  return { model, whole, marks: new Set(faces.map(markOf)) };
}

/** All embeddings, those of another model made again from the crops. */
async function presentEmbeddings(
  store: PhotoStore,
  engine: Engine,
  model: string,
  signal: AbortSignal,
): Promise<Map<string, Embedding>> {
  const embeddings = await store.embeddings();
  const stale = [...embeddings].filter(([, { modelId }]) => modelId !== model).map(([id]) => id);
  const crops = async (ids: readonly string[]) => {
    const found = await Promise.all(ids.map(async (id) => [id, await store.crop(id)] as const));
    return new Map(found.flatMap(([id, crop]) => (crop ? [[id, crop] as const] : [])));
  };
  const save = (fresh: ReadonlyMap<string, Embedding>) => store.setEmbeddings(fresh);
  return new Map([...embeddings, ...(await reembed(engine, stale, { crops, save }, { signal }))]);
}

/** Groups the library's faces by person, comparing only what is new. */
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

/** Growth after which all faces are compared again: groups of a few faces may be wrong among many. */
const MORE = 1.5;

/** Faces that were compared with each other; `whole`: their number when all were. */
export interface Compared {
  readonly model: string;
  readonly whole: number;
  readonly marks: ReadonlySet<string>;
}
export const NOTHING_COMPARED: Compared = { model: '', whole: 0, marks: new Set() };

export interface Grouping {
  readonly changes: ReadonlyMap<string, Assignment>;
  /** The faces before the changes. */
  readonly faces: readonly PhotoFace[];
  readonly compared: Compared;
  /** For `setGroupedBy`; null: the faces are grouped already. */
  readonly state: string | null;
}

export interface GroupedLibrary {
  readonly store: PhotoStore;
  readonly faces: readonly PhotoFace[];
}

/**
 * Groups what is new since `compared`. Reads the faces from `library` after their embeddings, which may take long.
 * Null: nothing to group, or no engine. Throws what the worker and the store throw, `aborted`.
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
  // Not the present faces: changes made meanwhile are not grouped yet.
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

/** All embeddings; those of another model are made again from the crops. */
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

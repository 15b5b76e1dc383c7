import { strToU8, zipSync } from 'fflate';
import { packPoints } from '../../cluster/points';
import { oneLine, personKey } from '../../core/names';
import { writeNpy } from '../../weights/formats/npy';
import { csvFile } from '../shell/csv';
import type { People } from '../people/people.svelte';
import type { FaceGroup } from './groups';
import type { PhotoLists } from './photoLists.svelte';

export interface Parts {
  readonly library: PhotoLists;
  readonly people: People;
}

/** By group key; unnamed groups are “Unnamed 1”, “Unnamed 2” …, except names that a person has. */
export function titlesOf(groups: readonly FaceGroup[], people: People): Map<string, string> {
  const names = groups.map(({ personId }) => people.nameOf(personId));
  const taken = new Set(names.flatMap((name) => (name === null ? [] : [personKey(name)])));
  let unnamed = 0;
  const nextFree = (): string => {
    do unnamed++;
    while (taken.has(personKey(`Unnamed ${unnamed}`)));
    return `Unnamed ${unnamed}`;
  };
  return new Map(groups.map(({ key }, i) => [key, names[i] ?? nextFree()]));
}

/** Local time, as the view shows it: 2023-12-31 23:30:00. */
function dateText(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [String(date.getFullYear()).padStart(4, '0'), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** A row per face: picture, date, person, whether confirmed, box, score. */
export function facesCsv({ library, people }: Parts): Blob {
  const titles = titlesOf(library.groups, people);
  const rows = library.faces.map(({ photoId, box, score, personId, group, confirmed }) => {
    const photo = library.photoById.get(photoId);
    return [
      photo?.path ?? '',
      photo ? dateText(photo.takenAt) : '',
      titles.get(personId ?? group ?? '') ?? '',
      { plain: confirmed ? 'yes' : 'no' },
      ...[box.x0, box.y0, box.x1, box.y1, score].map((value) => ({ plain: value.toFixed(4) })),
    ];
  });
  const head = ['picture', 'date', 'person', 'confirmed', 'x0', 'y0', 'x1', 'y1', 'score'];
  return new Blob([csvFile(head, rows)], { type: 'text/csv' });
}

/** Who is in which pictures. */
export function peopleJson({ library, people }: Parts): Blob {
  const titles = titlesOf(library.groups, people);
  const list = library.groups.map(({ key, personId, faces }) => ({
    name: people.nameOf(personId),
    title: titles.get(key),
    pictures: [...new Set(faces.map(({ photoId }) => library.photoById.get(photoId)?.path ?? ''))].sort(),
  }));
  return new Blob([JSON.stringify({ people: list }, null, 2)], { type: 'application/json' });
}

/** The model's embeddings: `embeddings.npy`, a row per face, and `labels.txt`, a line per row: person, tab, picture. */
export async function embeddingsZip({ library, people }: Parts, modelId: string | null): Promise<Blob> {
  const titles = titlesOf(library.groups, people);
  const embeddings = await library.store.embeddings();
  const faces = library.faces.filter(({ id }) => embeddings.get(id)?.modelId === modelId);
  const { count, size, vectors } = packPoints(faces.map(({ id }) => embeddings.get(id)!.vector));
  const npy = writeNpy({ shape: [count, size], data: vectors });
  const labels = faces.map(({ photoId, personId, group }) => {
    const title = titles.get(personId ?? group ?? '') ?? '';
    return `${oneLine(title)}\t${oneLine(library.photoById.get(photoId)?.path ?? '')}\n`;
  });
  const files = { 'embeddings.npy': npy, 'labels.txt': strToU8(labels.join('')) };
  return new Blob([new Uint8Array(zipSync(files, { level: 0 }))], { type: 'application/zip' });
}

import { strToU8, zipSync } from 'fflate';
import { oneLine } from '../../../core/oneLine';
import { quotedCell } from '../csv';
import type { Engine } from '../engine.svelte';
import type { People } from '../people.svelte';
import type { FaceGroup, Library } from './library.svelte';

/** What is exported. */
export interface Parts {
  readonly library: Library;
  readonly people: People;
}

/** Called “Unnamed 3” after their place where they have no name. */
export function titlesOf(groups: readonly FaceGroup[], people: People): Map<string, string> {
  let unnamed = 0;
  return new Map(groups.map(({ key, personId }) => [key, people.nameOf(personId) ?? `Unnamed ${++unnamed}`]));
}

function dateText(time: number): string {
  return new Date(time).toISOString();
}

/** A row a face: picture, date, person, whether confirmed, box, score. */
export function facesCsv({ library, people }: Parts): Blob {
  const titles = titlesOf(library.groups, people);
  const rows = library.faces.map(({ photoId, box, score, personId, group, confirmed }) => {
    const photo = library.photoById.get(photoId);
    const title = titles.get(personId ?? group ?? '') ?? '';
    return [
      quotedCell(photo?.path ?? ''),
      quotedCell(photo ? dateText(photo.takenAt) : ''),
      quotedCell(title),
      confirmed ? 'yes' : 'no',
      ...[box.x0, box.y0, box.x1, box.y1, score].map((value) => value.toFixed(4)),
    ].join(',');
  });
  const head = 'picture,date,person,confirmed,x0,y0,x1,y1,score';
  return new Blob([[head, ...rows, ''].join('\r\n')], { type: 'text/csv' });
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

/** `embeddings.npy`, a row a face, and `labels.txt`, a line a row: person, tab, picture. */
export async function embeddingsZip({ library, people }: Parts, engine: Engine): Promise<Blob> {
  const titles = titlesOf(library.groups, people);
  const embeddings = await library.store.embeddings();
  const model = engine.state?.model;
  const faces = library.faces.filter(({ id }) => embeddings.get(id)?.modelId === model);
  const rows = faces.map(({ id }) => embeddings.get(id)!.vector);
  const npy = await engine.client.call('encodeNpy', { rows });
  const labels = faces.map(({ photoId, personId, group }) => {
    const title = titles.get(personId ?? group ?? '') ?? '';
    return `${oneLine(title)}\t${oneLine(library.photoById.get(photoId)?.path ?? '')}\n`;
  });
  const files = { 'embeddings.npy': npy, 'labels.txt': strToU8(labels.join('')) };
  return new Blob([new Uint8Array(zipSync(files, { level: 0 }))], { type: 'application/zip' });
}

/** Lets the browser save a file. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

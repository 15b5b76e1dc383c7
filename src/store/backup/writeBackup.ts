import { throwIfAborted } from '../../core/abort';
import { PRECISIONS, type Precision } from '../../core/types';
import type { Tabular } from '../faceDb';
import { PHOTO_TABLES } from '../photoRows';
import type { BackupCounts, BackupOptions } from './backup';
import { checkModel } from './checkModels';
import { encryptBackup } from './container';
import { assertStrong } from './passphrase';
import { encodeRecord, PART_BYTES, type BackupRecord, type Bytes } from './records';
import { DECIDED } from './schemas';

/** Faces or pictures read at once: some megabytes of crops. */
const PAGE = 64;

type Counts = { -readonly [K in keyof BackupCounts]: BackupCounts[K] };

/**
 * People, faces, the photo library, trained models with the runs that made them, and settings as one encrypted file
 * (container.ts), written page by page: of 10,000 faces or pictures no more than a page is in memory, of the models one
 * file. What is added meanwhile may be left out. Throws `backup/weak-passphrase`, `aborted`.
 */
export async function writeBackup(
  tables: Tabular,
  passphrase: string,
  { signal, onProgress }: BackupOptions = {},
): Promise<Blob> {
  const counts: Counts = { people: 0, faces: 0, folders: 0, photos: 0, photoFaces: 0, runs: 0, models: 0 };
  const total = await countAll(tables);
  let done = 0;
  const step = () => {
    throwIfAborted(signal);
    onProgress?.(Math.min(++done, total), total);
  };
  async function* content(): AsyncGenerator<Bytes> {
    yield encodeRecord({ kind: 'about', createdAt: Date.now() });
    for (const part of [peopleOf, photosOf, trainingOf])
      for await (const record of part(tables, counts, step)) yield encodeRecord(record);
    yield encodeRecord({ kind: 'end', ...counts });
  }
  // Blobs: the browser keeps them outside the page's memory, and on the disk when they are many.
  const parts: Blob[] = [];
  assertStrong(passphrase);
  for await (const part of encryptBackup(passphrase, content())) {
    throwIfAborted(signal);
    parts.push(new Blob([part]));
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}

/** All rows, a page of at most `PAGE` at a time; `readPage` gives those that follow an id. */
async function* paged<Row>(
  readPage: (after: string | null) => Promise<Row[]>,
  idOf: (row: Row) => string,
): AsyncGenerator<Row> {
  for (let after: string | null = null; ;) {
    const page: Row[] = await readPage(after);
    yield* page;
    if (page.length < PAGE) return;
    after = idOf(page.at(-1)!);
  }
}

type Part = (tables: Tabular, counts: Counts, step: () => void) => AsyncGenerator<BackupRecord>;

function countAll({ read }: Tabular): Promise<number> {
  return read(['faces', 'photos', 'trainedModels'], async ({ faces, photos, trainedModels }) => {
    const models = await trainedModels.all();
    const parts = models.flatMap(({ files }) => Object.values(files).map(({ bytes }) => Math.ceil(bytes / PART_BYTES)));
    return (await faces.count()) + (await photos.count()) + parts.reduce((sum, n) => sum + n, 0);
  });
}

const peopleOf: Part = async function* ({ read }, counts, step) {
  const settings = await read(['settings'], (tables) => tables.settings.get('settings'));
  yield { kind: 'settings', settings: settings ?? {} };
  const people = await read(['people'], (tables) => tables.people.all());
  for (const person of people) yield { kind: 'person', person };
  counts.people = people.length;
  const known = new Set(people.map(({ id }) => id));
  for await (const face of paged(
    (after) => read(['faces'], (tables) => tables.faces.page(after, PAGE)),
    ({ id }) => id,
  )) {
    step();
    if (!known.has(face.personId)) continue;
    yield { kind: 'face', face };
    counts.faces++;
  }
};

const photosOf: Part = async function* ({ read }, counts, step) {
  const folders = await read(['photoFolders'], (tables) => tables.photoFolders.all());
  for (const folder of folders) yield { kind: 'folder', folder };
  counts.folders = folders.length;
  const known = new Set(folders.map(({ id }) => id));
  // A picture with all that belongs to it is read at once, so that it is whole whatever happens meanwhile.
  const readPage = (after: string | null) =>
    read(PHOTO_TABLES, async (tables) => {
      const page = await tables.photos.page(after, PAGE);
      return Promise.all(
        page.map(async (photo) => {
          const faces = await tables.photoFaces.by('byPhoto', photo.id);
          return {
            photo,
            thumbnail: (await tables.photoThumbs.get(photo.id)) ?? null,
            faces: await Promise.all(
              faces.map(async (face) => ({
                face,
                vector: await tables.photoVectors.get(face.id),
                crop: await tables.photoCrops.get(face.id),
              })),
            ),
          };
        }),
      );
    });
  for await (const { photo, thumbnail, faces } of paged(readPage, (row) => row.photo.id)) {
    step();
    if (!known.has(photo.folderId)) continue;
    yield { kind: 'photo', photo, thumbnail };
    counts.photos++;
    for (const { face, vector, crop } of faces) {
      if (!vector || !crop) continue;
      yield { kind: 'photoFace', face, vector, crop };
      counts.photoFaces++;
    }
  }
};

const trainingOf: Part = async function* ({ read }, counts, step) {
  const [runs, models] = await read(['trainRuns', 'trainedModels'], async (tables) => [
    await tables.trainRuns.all(),
    await tables.trainedModels.all(),
  ]);
  for (const run of runs) {
    if (!DECIDED.includes(run.status)) continue;
    yield { kind: 'run', run };
    counts.runs++;
  }
  for (const model of models) {
    const files: typeof model.files = {};
    // One that cannot be used here could not be restored either, and would take all the rest with it.
    const isWhole = async (bytes: Bytes, precision: Precision) =>
      checkModel(model, new Map([[precision, bytes]])).then(
        () => true,
        () => false,
      );
    for (const precision of PRECISIONS) {
      const about = model.files[precision];
      const row =
        about && (await read(['trainedFiles'], (tables) => tables.trainedFiles.get(`${model.id}.${precision}`)));
      if (!about || row?.bytes.length !== about.bytes) continue; // removed meanwhile
      if (!(await isWhole(row.bytes, precision))) continue;
      yield { kind: 'file', modelId: model.id, precision, bytes: about.bytes };
      for (let at = 0; at < row.bytes.length; at += PART_BYTES) {
        step();
        yield { kind: 'part', bytes: row.bytes.subarray(at, at + PART_BYTES) };
      }
      files[precision] = about;
    }
    if (Object.keys(files).length === 0) continue;
    yield { kind: 'model', model: { ...model, files } };
    counts.models++;
  }
};

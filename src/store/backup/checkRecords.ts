import type { Embedding, Precision } from '../../core/types';
import { MODELS } from '../../weights/registry';
import type { BackupCounts } from './backup';
import type { BackupRecord } from './records';

const COUNTED = ['people', 'faces', 'folders', 'photos', 'photoFaces', 'runs', 'models'] as const;

function byKind<T>(valueOf: (kind: keyof BackupCounts) => T): Record<keyof BackupCounts, T> {
  return Object.fromEntries(COUNTED.map((kind) => [kind, valueOf(kind)])) as Record<keyof BackupCounts, T>;
}

/** What the records say together, once all of them have been added. */
export interface Checked {
  readonly createdAt: number;
  readonly counts: BackupCounts;
}

/** Checks that records belong together: nothing twice, nothing missing. `add` and `end` throw what `bad` makes. */
export function recordChecker(bad: (reason: string) => Error): { add(record: BackupRecord): void; end(): Checked } {
  const seen = byKind(() => new Set<string>());
  const names = new Set<string>();
  let createdAt: number | null = null;
  let ended = false;
  /** The model's files since the last model, and the one that is not whole yet. */
  let files = new Map<Precision, number>();
  let filesOf: string | null = null;
  let open: { readonly bytes: number; got: number } | null = null;

  /** The numbers of an embedding, by its model: of a published one as many as it gives, else as many as the first has. */
  const lengths = new Map(
    MODELS.flatMap((row) => (row.kind === 'embedder' ? [[row.id, row.embeddingSize] as const] : [])),
  );
  const checkLength = (modelId: string, length: number) => {
    if ((lengths.get(modelId) ?? length) !== length) throw bad('an embedding is not as long as its model makes them');
    lengths.set(modelId, length);
  };
  const checkEmbedding = ({ modelId, vector }: Embedding) => checkLength(modelId, vector.length);
  let photoId: string | null = null;

  const addId = (kind: (typeof COUNTED)[number], id: string, what: string) => {
    if (seen[kind].has(id)) throw bad(`${what} is in it twice`);
    seen[kind].add(id);
  };
  const isWhole = () => open === null || open.got === open.bytes;

  return {
    add(record) {
      if (ended) throw bad('it continues after its end');
      if ((record.kind === 'about') !== (createdAt === null)) throw bad('its records are out of order');
      if (record.kind !== 'part' && !isWhole()) throw bad('a model is not whole');
      switch (record.kind) {
        case 'about':
          createdAt = record.createdAt;
          break;
        case 'person':
          // By the exact name: names that are one today were different to an older version (they become one person).
          if (names.has(record.person.name)) throw bad('a person is in it twice');
          names.add(record.person.name);
          addId('people', record.person.id, 'a person');
          break;
        case 'face':
          if (!seen.people.has(record.face.personId)) throw bad("a face is nobody's");
          addId('faces', record.face.id, 'a face');
          checkEmbedding(record.face.embedding);
          break;
        case 'folder':
          addId('folders', record.folder.id, 'a folder');
          break;
        case 'photo':
          if (!seen.folders.has(record.photo.folderId)) throw bad('a picture is of no folder');
          addId('photos', record.photo.id, 'a picture');
          photoId = record.photo.id;
          break;
        case 'photoFace':
          // Its picture's faces follow each picture: the restore gives them to that one.
          if (record.face.photoId !== photoId) throw bad('a face is of no picture');
          addId('photoFaces', record.face.id, 'a face');
          checkEmbedding(record.vector.embedding);
          break;
        case 'run':
          addId('runs', record.run.id, 'a training');
          break;
        case 'file':
          if (filesOf !== null && (filesOf !== record.modelId || files.has(record.precision)))
            throw bad('a model is not whole');
          filesOf = record.modelId;
          files.set(record.precision, record.bytes);
          open = { bytes: record.bytes, got: 0 };
          break;
        case 'part':
          if (!open) throw bad('its records are out of order');
          open.got += record.bytes.length;
          if (open.got > open.bytes) throw bad('a model is not whole');
          break;
        case 'model': {
          const { model } = record;
          const listed = Object.entries(model.files);
          const same = listed.every(([precision, { bytes }]) =>
            [...files].some(([p, n]) => p === precision && n === bytes),
          );
          if (filesOf !== model.id || listed.length !== files.size || !same) throw bad('a model is not whole');
          addId('models', model.id, 'a model');
          checkLength(model.id, model.embeddingSize);
          files = new Map();
          filesOf = null;
          open = null;
          break;
        }
        case 'end':
          ended = true;
          if (filesOf !== null && files.size > 0) throw bad('a model is not whole');
          if (COUNTED.some((kind) => record[kind] !== seen[kind].size)) throw bad('something is missing');
          break;
        default:
      }
    },
    end() {
      if (!ended || createdAt === null) throw bad('its end is missing');
      return { createdAt, counts: byKind((kind) => seen[kind].size) };
    },
  };
}

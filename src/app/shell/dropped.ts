import { FaceError, toFaceError } from '../../core/errors';
import { endingOf, isPicturePath, unreadableError } from '../../core/pictureFiles';
import type { PlacedFile } from './folderFiles';
import { isFolder, sourceOfEntry, type PhotoSource } from '../photos/sources';
import { sourceOfZip } from '../photos/zipSource';
import type { ViewName } from './route';

/** Dropped files by how they are read. */
export interface DroppedParts {
  readonly folders: FileSystemDirectoryEntry[];
  readonly zips: File[];
  /** If one of them is a picture, the others too: the folder's report names them. */
  readonly singles: File[];
  readonly failures: FaceError[];
}

/** Sorts dropped items by kind. Call it within the event: the browser empties `transfer` afterwards. */
export function partsOf(transfer: DataTransfer): DroppedParts {
  const parts: DroppedParts = { folders: [], zips: [], singles: [], failures: [] };
  for (const item of transfer.items) {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    const file = item.getAsFile();
    const name = entry?.name ?? file?.name ?? '';
    if ((entry || file) && name === '')
      parts.failures.push(new FaceError('photos/bad-name', { folder: 'What was dropped', what: 'something' }));
    else if (entry && isFolder(entry)) parts.folders.push(entry);
    else if (file) (endingOf(name) === 'zip' ? parts.zips : parts.singles).push(file);
  }
  return parts;
}

/** As `partsOf`; if no single file is a picture by its name, all of them are failures. */
export function droppedParts(transfer: DataTransfer): DroppedParts {
  const parts = partsOf(transfer);
  if (parts.singles.some(({ name }) => isPicturePath(name))) return parts;
  for (const { name } of parts.singles.splice(0))
    parts.failures.push(unreadableError(name) ?? new FaceError('photos/no-picture', { name }));
  return parts;
}

/** Rejects with what could not be added: a single error as it is, several as the first one and their number. */
export async function notAdded(failures: readonly FaceError[]): Promise<void> {
  const [first] = failures;
  if (!first) return;
  throw failures.length === 1
    ? first
    : new FaceError('photos/not-added', { count: failures.length, first: first.message });
}

/** Of one folder or zip: here each picture gets a card, and zips are unpacked into memory. */
export const MOST_DROPPED = 100;

export interface Dropped {
  /** Named by their path if they come from a folder or zip. */
  readonly pictures: readonly File[];
  readonly failures: readonly FaceError[];
}

/**
 * The pictures of a drop or a paste, including those in folders and zips. Single files are all accepted: reading them
 * shows which are no pictures. Call it within the event; never rejects.
 */
export async function picturesOf(transfer: DataTransfer): Promise<Dropped> {
  const { folders, zips, singles, failures } = partsOf(transfer);
  const pictures = [...singles];
  const take = async (opened: Promise<PhotoSource>): Promise<void> => {
    try {
      const source = await opened;
      const { name, total } = source;
      if ((total ?? 0) > MOST_DROPPED)
        throw new FaceError('app/too-many-dropped', { name, count: total, most: MOST_DROPPED });
      let taken = 0;
      for await (const { path, read } of source.pictures()) {
        const file = await read().catch((thrown: unknown) => void failures.push(toFaceError(thrown)));
        if (!file) continue;
        pictures.push(new File([file], path));
        taken++;
      }
      const { skipped, skippedTotal } = source.report();
      if (skippedTotal > 0)
        failures.push(new FaceError('photos/not-added', { count: skippedTotal, first: skipped[0] ?? '' }));
      else if (taken === 0) throw new FaceError('app/no-picture-in', { name });
    } catch (thrown) {
      failures.push(toFaceError(thrown));
    }
  };
  await Promise.all([
    ...folders.map((folder) => take(sourceOfEntry(folder))),
    ...zips.map((zip) => take(sourceOfZip(zip))),
  ]);
  return { pictures, failures };
}

/**
 * The pictures of the one folder that was dropped. `notes`: sentences about what could not be read. Call it within the
 * event. Rejects with `app/one-folder`, and as `sourceOfEntry`.
 */
export async function folderOfDrop(transfer: DataTransfer) {
  const { folders, zips, singles } = partsOf(transfer);
  const [folder] = folders;
  if (!folder || folders.length + zips.length + singles.length > 1) throw new FaceError('app/one-folder');
  const source = await sourceOfEntry(folder);
  const files: PlacedFile[] = [];
  const notes: string[] = [];
  for await (const { path, read } of source.pictures()) {
    try {
      files.push({ path, file: new File([await read()], path.slice(path.lastIndexOf('/') + 1)) });
    } catch (thrown) {
      notes.push(toFaceError(thrown).message);
    }
  }
  return { name: source.name, files, notes: [...source.report().skipped, ...notes] };
}

/** Whether the transfer contains files; to be asked within the event. */
export function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer !== null && [...transfer.items].some(({ kind }) => kind === 'file');
}

let takers = 0;

/** Announces a place that accepts drops, until the returned function is called. */
export function takesDrops(): () => void {
  takers++;
  return () => {
    takers--;
  };
}

const ADVICE: Readonly<Partial<Record<ViewName, string>>> = {
  people: 'Press “Add a person” first, then drop the pictures.',
  train: 'A folder is taken where the people to train on are chosen.',
  benchmark: 'Use the buttons to choose the pictures.',
};

/** The message for files dropped on a view that accepts none; null where they are accepted. */
export function dropRefusal(view: ViewName): FaceError | null {
  if (takers > 0) return null;
  const advice = ADVICE[view] ?? 'Drop pictures in Recognise, and folders and zips in Photos.';
  return new FaceError('app/drop-not-here', { advice });
}

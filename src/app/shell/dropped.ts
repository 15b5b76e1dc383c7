import { FaceError, toFaceError } from '../../core/errors';
import type { PlacedFile } from './folderFiles';
import { partsOf } from './dropParts';
import { sourceOfEntry, type PhotoSource } from '../photos/sources';
import { sourceOfZip } from '../photos/zipSource';
import type { ViewName } from './route';

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

import { FaceError } from '../../core/errors';
import { endingOf, isPicturePath, unreadableError } from '../../core/pictureFiles';
import { isFolder } from '../photos/sources';

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

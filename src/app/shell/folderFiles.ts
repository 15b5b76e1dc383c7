import { PersonNames, personFolder } from '../../core/classFolders';
import { count } from '../../core/count';
import { fileRole, unreadableError } from '../../core/pictureFiles';

/** A picture of a chosen folder and the person whose folder it lies in. */
export interface ClassFile {
  readonly person: string;
  readonly file: File;
}

/** A file and its path below the chosen folder. */
export interface PlacedFile {
  readonly path: string;
  readonly file: File;
}

/** The files of an `<input webkitdirectory>`, whose paths start with the chosen folder's name. */
export function placedFiles(files: Iterable<File>): PlacedFile[] {
  return Array.from(files, (file) => ({
    path: file.webkitRelativePath.slice(file.webkitRelativePath.indexOf('/') + 1),
    file,
  }));
}

/**
 * The pictures of a folder of class folders, by the first folder below the chosen one (`Chosen/Ada/2019/1.jpg` is
 * Ada's). `notes`: sentences about names in several spellings, and about pictures left out: outside of all people's
 * folders, or of a kind that browsers cannot read.
 */
export function classFiles(files: Iterable<PlacedFile>): { readonly pictures: ClassFile[]; readonly notes: string[] } {
  const names = new PersonNames();
  const pictures: ClassFile[] = [];
  const unreadable: string[] = [];
  let loose = 0;
  for (const { path, file } of files) {
    const role = fileRole(path);
    const folder = personFolder(path);
    if (role === 'unreadable') unreadable.push(unreadableError(path)!.message);
    if (role !== 'picture') continue;
    if (folder === null) loose++;
    else pictures.push({ person: names.of(folder), file });
  }
  const looseNote = `${count(loose, 'picture')} outside of the people’s folders ${loose === 1 ? 'was' : 'were'} left out.`;
  return { pictures, notes: [...names.notes(), ...unreadable, ...(loose > 0 ? [looseNote] : [])] };
}

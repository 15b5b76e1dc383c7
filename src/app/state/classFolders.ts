/** A picture of a chosen folder and the person whose folder it lies in. */
export interface ClassFile {
  readonly person: string;
  readonly file: File;
}

/**
 * The pictures of a folder of class folders (`Chosen/Ada/1.jpg` is Ada's), by the folder that each lies in; pictures that
 * lie in the chosen folder itself are nobody's.
 */
export function classFiles(files: Iterable<File>): ClassFile[] {
  return [...files].flatMap((file) => {
    const parts = file.webkitRelativePath.split('/');
    const person = parts.length > 2 ? parts.at(-2) : undefined;
    return person && file.type.startsWith('image/') ? [{ person, file }] : [];
  });
}

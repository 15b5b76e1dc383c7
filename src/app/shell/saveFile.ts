/** Downloads the content as a file; a Blob keeps its type. */
export function saveFile(content: BlobPart, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content]));
  link.download = name;
  link.click();
  // The download keeps the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

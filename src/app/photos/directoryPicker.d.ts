/** Chromium's folder chooser, which TypeScript's library does not know yet. */
interface Window {
  showDirectoryPicker?: (options?: { readonly mode?: 'read' | 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
}

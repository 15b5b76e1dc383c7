/** Chromium's folder chooser, and its question after a restart: TypeScript's library does not have them yet. */
interface FileSystemDirectoryHandle {
  requestPermission?: (options: { readonly mode: 'read' | 'readwrite' }) => Promise<PermissionState>;
}
interface Window {
  showDirectoryPicker?: (options?: { readonly mode?: 'read' | 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
}

/** Embedders that were removed, and their successors, which re-embed people's faces. */
const SUCCESSORS: Readonly<Record<string, string>> = { 'dlib-resnet-v1': 'mobilefacenet-192' };

/** The model to use where `id` was chosen by an earlier version: its successor, or itself. */
export function presentModel(id: string | null): string | null {
  return id !== null && Object.hasOwn(SUCCESSORS, id) ? SUCCESSORS[id]! : id;
}

import type { Ops, Picture } from './protocol';
import type { RequestTransfers, ResultTransfers } from './rpc';

/** Bitmaps and video frames (what can be closed) change hands; a Blob is a reference, raw pixels are copied. */
function ofPictures(pictures: readonly Picture[]): Transferable[] {
  return pictures.filter((picture) => 'close' in picture);
}
const ofPicture = ({ picture }: { picture: Picture }) => ofPictures([picture]);

/** What of each request the worker takes over and closes. */
export const FACE_TRANSFERS: RequestTransfers<Ops> = {
  detect: ofPicture,
  recognise: ofPicture,
  track: ofPicture,
  align: ofPicture,
  embedAligned: ({ pictures }) => ofPictures(pictures),
  saveTrained: ({ bytes }) => [bytes.buffer],
};

/** Large results change hands instead of being copied. */
export const FACE_RESULT_TRANSFERS: ResultTransfers<Ops> = {
  exportModel: ({ bytes }) => [bytes.buffer],
};

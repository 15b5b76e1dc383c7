import type { Ops, Picture } from './protocol';
import type { RequestTransfers } from './rpc';

/** Bitmaps and video frames change hands; a Blob is a reference anyway, and raw pixels stay the caller's (copied). */
function ofPictures(pictures: readonly Picture[]): Transferable[] {
  return pictures.filter((picture) => picture instanceof ImageBitmap || picture instanceof VideoFrame);
}
const ofPicture = ({ picture }: { picture: Picture }) => ofPictures([picture]);

/** What of each request the worker takes over and closes. */
export const FACE_TRANSFERS: RequestTransfers<Ops> = {
  detect: ofPicture,
  recognise: ofPicture,
  align: ofPicture,
  embedAligned: ({ pictures }) => ofPictures(pictures),
};

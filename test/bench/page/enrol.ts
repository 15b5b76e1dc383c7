import type { FaceNet } from '../../../src/client/faceNet';
import type { GalleryFace } from '../../../src/core/types';
import { portraits } from './pictures';

/** Everybody who has a portrait among the samples. */
export async function enrolPortraits(client: FaceNet): Promise<void> {
  const faces: GalleryFace[] = [];
  for (const { person, jpeg } of await portraits()) {
    const found = await client.call('recognise', { picture: jpeg, options: { faces: 'best' } });
    for (const { embedding } of found.faces) faces.push({ person, embedding });
  }
  await client.call('setGallery', { faces });
}

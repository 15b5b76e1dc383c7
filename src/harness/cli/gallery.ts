import { galleryPerson, PersonNames } from '../../core/classFolders';
import { count } from '../../core/count';
import { FaceError } from '../../core/errors';
import type { Detection, GalleryFace } from '../../core/types';
import { detectOptions, type CommonFlags } from './options';
import { boxOf, type Failure, type GalleryOutput } from './output';
import type { PictureFile } from './pictures';
import type { Reporter } from './reporter';
import { eachResult } from './run';
import type { Session } from './session';

/**
 * Makes the people of a gallery known to the page: the most probable face of each picture, the person being the folder
 * directly in the gallery, or the picture's own name. Notes pictures that show several faces, and names in several
 * spellings. Throws `harness/empty-gallery` when no picture shows a face.
 */
export async function enrol(
  session: Session,
  gallery: readonly PictureFile[],
  flags: CommonFlags & { readonly gallery: string },
  reporter: Reporter,
): Promise<GalleryOutput> {
  const names = new PersonNames();
  const known: GalleryFace[] = [];
  const severalFaces: GalleryOutput['severalFaces'][number][] = [];
  const failed: Failure[] = [];
  const options = detectOptions(flags);
  const results = eachResult(
    session,
    reporter,
    gallery,
    failed,
    async (picture) => {
      // The most probable first.
      const { faces } = await session.call('recognise', picture, options);
      const [best] = faces;
      if (!best) throw new FaceError('harness/no-face', { name: picture.name });
      return { ...best, faces: faces.length };
    },
    'Gallery',
  );
  for await (const { file, result } of results) {
    const { detection, embedding, faces } = result;
    const person = names.of(galleryPerson(file.inside));
    known.push({ person, embedding });
    if (faces === 1) continue;
    severalFaces.push({ picture: file.path, faces, person, taken: boxOf(detection.box) });
    reporter.note(`${file.path} shows ${faces} faces: the one of ${place(detection)} is taken for ${person}.`);
  }
  for (const note of names.notes()) reporter.note(note);
  if (known.length === 0) throw new FaceError('harness/empty-gallery', { path: flags.gallery });
  const { people } = await session.call('setGallery', known);
  reporter.note(`Gallery: ${count(people, 'person', 'people')} from ${count(known.length, 'picture')}`);
  return { people, faces: known.length, severalFaces, failed };
}

function place({ box: { x0, y0, x1, y1 } }: Detection): string {
  return `${Math.round(x1 - x0)}×${Math.round(y1 - y0)} pixels at ${Math.round(x0)}, ${Math.round(y0)}`;
}

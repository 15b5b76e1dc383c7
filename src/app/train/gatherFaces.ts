import { toFaceError } from '../../core/errors';
import { personKey } from '../../core/names';
import type { Box, RecognisedFace, StoredCrop } from '../../core/types';
import type { RunPicture, RunPictures } from '../../store/trainPictures';
import type { ClassFile } from '../shell/folderFiles';
import type { Engine } from '../shell/engine.svelte';
import type { TaskCall } from '../shell/task.svelte';
import { isLying, isSure, mayLie } from '../../client/lying';
import {
  pictureUrl,
  portraitUrl,
  SAMPLE_PICTURES,
  SAMPLE_PORTRAITS,
  sampleTruth,
  type TruthFace,
} from '../shell/sampleFiles';
import { splitPictures } from '../../train/config/heldOut';

/** A person to train on, with all their faces. */
export interface Identity {
  /** The store's id, or the folder's name. */
  readonly id: string;
  readonly name: string;
  readonly crops: readonly StoredCrop[];
}

/** The most probable face of each picture. `notes`: on pictures left out or turned. Throws `aborted`, start errors. */
export async function facesOfFiles(
  engine: Engine,
  files: readonly ClassFile[],
  { signal, onProgress }: TaskCall,
): Promise<{ readonly identities: Identity[]; readonly notes: string[] }> {
  await engine.ready();
  const found = new Map<string, StoredCrop[]>();
  const notes: string[] = [];
  for (const [done, { person, file }] of files.entries()) {
    onProgress({ stage: 'Finding faces', done, total: files.length, unit: 'pictures' });
    const crops = found.get(person) ?? [];
    found.set(person, crops);
    const place = `${person}/${file.name}`;
    const face = await bestFace(engine, file, file.name, signal).catch((thrown: unknown) => {
      const error = toFaceError(thrown);
      // A crashed worker restarts: the new one reads the next picture.
      if (!error.code.startsWith('image/') && error.code !== 'worker/crashed') throw error;
      notes.push(error.code === 'worker/crashed' ? `${place} was left out: ${error.message}` : error.message);
      return undefined;
    });
    if (face?.crop) crops.push(face.crop);
    else if (face === null) notes.push(`No face was found in ${place}.`);
    if (face && isLying(face.detection))
      notes.push(
        face.turned
          ? `The face in ${place} lies on its side or upside down: it was turned upright.`
          : `The face in ${place} leans strongly to the side: check whether it should be trained on.`,
      );
  }
  const identities = [...found].flatMap(([name, crops]) => (crops.length > 0 ? [{ id: name, name, crops }] : []));
  return { identities, notes };
}

/** Also searches the turned picture if no face is certainly upright: a turned face would be a bad training picture. */
async function bestFace(
  engine: Engine,
  picture: Blob,
  name: string,
  signal: AbortSignal,
): Promise<(RecognisedFace & { readonly turned: boolean }) | null> {
  const search = async (turned: boolean) => {
    const options = { faces: 'best', keepCrops: true, ...(turned && { turned }) } as const;
    const { faces } = await engine.client.call('recognise', { picture, name, options }, { signal });
    return faces[0] ? { ...faces[0], turned } : null;
  };
  const upright = await search(false);
  if (!mayLie(upright ? [upright] : [])) return upright;
  const turned = await search(true);
  return turned && isSure(turned.detection) ? turned : upright;
}

/** People as impostors, with a label each. */
export function impostorsOf(people: readonly Identity[]): RunPicture[] {
  return people.flatMap(({ crops }, label) => crops.map((crop) => ({ crop, label })));
}

/** The labelled faces of the sample pictures, without the people to train on. Throws as `facesOfFiles`. */
export async function sampleImpostors(
  engine: Engine,
  identities: readonly Pick<Identity, 'id' | 'name'>[],
  { signal, onProgress }: TaskCall,
): Promise<RunPicture[]> {
  await engine.ready();
  const ids = new Set(identities.map(({ id }) => id));
  const trained = new Set(identities.map(({ name }) => key(name)));
  const truth = await sampleTruth(signal);
  const labels = new Map<string, number>();
  const impostors: RunPicture[] = [];
  const add = (name: string, crop: StoredCrop | undefined, matched: string | null) => {
    if (!crop || trained.has(key(name)) || (matched !== null && ids.has(matched))) return;
    const label = labels.get(key(name)) ?? labels.size;
    labels.set(key(name), label);
    impostors.push({ crop, label });
  };
  const sources = [
    ...SAMPLE_PORTRAITS.map((name) => ({ url: portraitUrl(name), file: name, portrait: name })),
    ...SAMPLE_PICTURES.map((file) => ({ url: pictureUrl(file), file, portrait: null })),
  ];
  for (const [done, { url, file, portrait }] of sources.entries()) {
    onProgress({ stage: 'Finding strangers in the sample pictures', done, total: sources.length, unit: 'pictures' });
    const picture = await (await fetch(url, { signal })).blob();
    const options = { faces: portrait ? 'best' : 'all', keepCrops: true } as const;
    const { faces } = await engine.client.call('recognise', { picture, name: file, options }, { signal });
    for (const { detection, crop, match } of faces) {
      const name = portrait ?? truth[file]?.faces.find((face) => isAt(detection.box, face))?.name;
      if (name !== undefined) add(name, crop, match.person);
    }
  }
  return impostors;
}

/** `Edward Lu` and `edward-lu` are the same. */
const key = (name: string): string => personKey(name).replaceAll(' ', '-');

/** Whether a found box's centre lies in the labelled one. */
function isAt({ x0, y0, x1, y1 }: Box, { box }: TruthFace): boolean {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return x > box[0] && x < box[2] && y > box[1] && y < box[3];
}

/** Splits each person's pictures into train and held-out sets, and adds the impostors. */
export function runPictures(identities: readonly Identity[], impostors: readonly RunPicture[]): RunPictures {
  const split = identities.map(({ crops }) => splitPictures(crops));
  const set = (which: 'train' | 'heldOut'): RunPicture[] =>
    split.flatMap((parts, label) => parts[which].map((crop) => ({ crop, label })));
  return { sets: { train: set('train'), heldOut: set('heldOut'), impostors } };
}

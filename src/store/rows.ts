import type { StoredCrop } from '../core/types';
import type { FaceRecord, PersonRecord, Settings } from './schema';

/** A face as it lies in the database: the crop's bytes rather than a Blob, which not every browser keeps reliably. */
export interface FaceRow extends Omit<FaceRecord, 'crop'> {
  readonly crop: Omit<StoredCrop, 'picture'> & { readonly bytes: ArrayBuffer; readonly type: string };
}
export type PersonRow = PersonRecord;
export interface SettingsRow extends Partial<Settings> {
  readonly id: 'settings';
}

/** Reads the crop's bytes, so that no Blob is read inside a transaction (which would end it). */
export async function toRow(face: FaceRecord): Promise<FaceRow> {
  const { picture, ...crop } = face.crop;
  return { ...face, crop: { ...crop, bytes: await picture.arrayBuffer(), type: picture.type } };
}

export function fromRow(row: FaceRow): FaceRecord {
  const { bytes, type, ...crop } = row.crop;
  return { ...row, crop: { ...crop, picture: new Blob([bytes], { type }) } };
}

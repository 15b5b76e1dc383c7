import type { Box, Embedding, FaceQuality, StoredCrop } from '../core/types';
import type { ErrorCode } from '../core/errors';

/** A place that pictures came from. */
export interface PhotoFolder {
  readonly id: string;
  readonly name: string;
  /** A folder that the browser can read again, or one whose pictures were handed over and must be given again. */
  readonly kind: 'handle' | 'given';
  readonly handle?: FileSystemDirectoryHandle;
  /** Faces are searched on all four sides. */
  readonly turned: boolean;
  /** Not all of its pictures have been looked at. */
  readonly unfinished: boolean;
  readonly createdAt: number;
}

/** A picture that has been looked at. */
export interface PhotoRecord {
  /** `<folder's id>/<path>`. */
  readonly id: string;
  readonly folderId: string;
  /** Below its folder, with `/`. Text, never markup. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970, as the file system tells. */
  readonly modified: number;
  /** When it was taken: EXIF's date as local time, else `modified`. */
  readonly takenAt: number;
  readonly width: number;
  readonly height: number;
  /** Why it could not be read; null when it could. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

/** A face in a picture, without its numbers and its crop, which are read when they are needed. */
export interface PhotoFace {
  readonly id: string;
  readonly photoId: string;
  readonly box: Box;
  readonly score: number;
  readonly quality: FaceQuality;
  /** A person of the store; null: not known. */
  readonly personId: string | null;
  /** Whether the user has said so, also that it is nobody known; else it was recognised. */
  readonly confirmed: boolean;
  /** Faces with the same group look like one person; null: like nobody else. */
  readonly group: string | null;
}

export interface NewPhotoFace extends Omit<PhotoFace, 'id' | 'photoId'> {
  readonly embedding: Embedding;
  readonly crop: StoredCrop;
}

/** Who a face is, as far as is known. */
export type Belonging = Pick<PhotoFace, 'personId' | 'confirmed' | 'group'>;

/** The pictures of this device's library. Every method that writes is one transaction. */
export interface PhotoStore {
  readonly persistent: boolean;
  /** False while another tab is the one that writes: every write throws `store/other-tab`. */
  mayWrite(): boolean;
  folders(): Promise<PhotoFolder[]>;
  putFolder(folder: PhotoFolder): Promise<void>;
  /** Removes the folder with its pictures and faces; the people stay. */
  removeFolder(id: string): Promise<void>;
  photos(): Promise<PhotoRecord[]>;
  thumbnail(photoId: string): Promise<Blob | null>;
  faces(): Promise<PhotoFace[]>;
  embeddings(): Promise<Map<string, Embedding>>;
  crop(faceId: string): Promise<StoredCrop | null>;
  /** Saves a picture with its faces, in the place of what was known of it. Throws `store/full`. */
  savePhoto(photo: PhotoRecord, thumbnail: Blob | null, faces: readonly NewPhotoFace[]): Promise<PhotoFace[]>;
  assign(belongings: ReadonlyMap<string, Belonging>): Promise<void>;
  setEmbeddings(embeddings: ReadonlyMap<string, Embedding>): Promise<void>;
  /** Called after a write in another tab. Returns the unsubscriber. */
  onChange(callback: () => void): () => void;
  close(): void;
}

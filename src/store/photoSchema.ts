/** The photo library's folders, pictures and faces as they are stored, and the store's part for them. */
import type { ErrorCode } from '../core/errors';
import type { Box, CohortMean, Embedding, FaceQuality, StoredCrop } from '../core/types';
import type { StorePart } from './schema';

/** Bytes rather than a Blob, which not every browser keeps reliably. */
export interface BlobRow {
  readonly id: string;
  readonly bytes: ArrayBuffer;
  readonly type: string;
}
export type PhotoCropRow = Omit<StoredCrop, 'picture'> & BlobRow;
export interface PhotoVectorRow {
  readonly id: string;
  readonly embedding: Embedding;
}

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
  /** What of it was not looked at; there once it has been gone through. */
  readonly report?: FolderReport;
}

/** What a folder or archive holds besides the pictures that were looked at. */
export interface FolderReport {
  /** A sentence about the whole, of an archive that is cut off; null for most. */
  readonly problem: string | null;
  /** Pictures, folders and archives that could not be read, each with a sentence that names it: the first of them. */
  readonly skipped: readonly string[];
  readonly skippedTotal: number;
  /** Among them, folders and archives: more pictures may be in them. */
  readonly places: number;
  /** Among them, pictures of kinds that browsers do not decode: HEIC → 3. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Thumbnails, deleted pictures and other pictures of the system. */
  readonly system: number;
  /** Files that are no pictures, by ending: txt → 2; '' for those without. */
  readonly others: Readonly<Record<string, number>>;
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
  /** Of its bytes, hexadecimal: what makes it the same picture under another name. Null: not worked out yet. */
  readonly sha256: string | null;
  /** When it was taken: EXIF's date as local time, else the earliest `modified` that its content was seen with. */
  readonly takenAt: number;
  readonly width: number;
  readonly height: number;
  /** Its faces were searched on all four sides. */
  readonly lookedTurned: boolean;
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
export type Assignment = Pick<PhotoFace, 'personId' | 'confirmed' | 'group'>;

/** A face that was known of a picture, with its numbers. */
export interface KnownPhotoFace {
  readonly face: PhotoFace;
  readonly embedding: Embedding | undefined;
}
/** By a new face's place in the list the known face that it is, whose id and name it keeps; each known one once. */
export type CarryOver = (
  known: readonly KnownPhotoFace[],
  fresh: readonly NewPhotoFace[],
) => ReadonlyMap<number, PhotoFace>;

/** A face with all its rows. */
export interface StoredPhotoFace {
  readonly face: PhotoFace;
  readonly vector: PhotoVectorRow | undefined;
  readonly crop: PhotoCropRow | undefined;
}
/** A picture with all its rows. */
export interface StoredPhoto {
  readonly photo: PhotoRecord;
  readonly thumbnail: BlobRow | undefined;
  readonly faces: readonly StoredPhotoFace[];
}
/** A known picture, or one that is no longer in the tables, and the record that it is to have. */
export interface PhotoMove {
  readonly from: string | StoredPhoto;
  readonly to: PhotoRecord;
}

/** The pictures of this device's library. */
export interface PhotoStore extends StorePart {
  folders(): Promise<PhotoFolder[]>;
  putFolder(folder: PhotoFolder): Promise<void>;
  /** Removes the folder with its pictures and faces; the people stay. */
  removeFolder(id: string): Promise<void>;
  photos(): Promise<PhotoRecord[]>;
  thumbnail(photoId: string): Promise<Blob | null>;
  faces(): Promise<PhotoFace[]>;
  embeddings(): Promise<Map<string, Embedding>>;
  /** Of those faces that are there. */
  embeddingsOf(faceIds: readonly string[]): Promise<Map<string, Embedding>>;
  /** Faces whose embeddings carry no mean of that cohort, of whatever model they are; reads no embeddings. */
  facesWithoutMean(cohort: string): Promise<string[]>;
  crop(faceId: string): Promise<StoredCrop | null>;
  /** Replaces a picture and its faces; those known by `carry` keep id and name. Throws `store/full`. */
  savePhoto(
    photo: PhotoRecord,
    thumbnail: Blob | null,
    faces: readonly NewPhotoFace[],
    carry?: CarryOver,
  ): Promise<PhotoFace[]>;
  /** Replaces pictures' records; their faces stay. Those that are gone are passed over. */
  updatePhotos(photos: readonly PhotoRecord[]): Promise<void>;
  /** All rows of those pictures that exist. */
  storedPhotos(ids: readonly string[]): Promise<StoredPhoto[]>;
  /** Takes pictures with their faces out of the library, and gives them, for undo. */
  removePhotos(ids: readonly string[]): Promise<StoredPhoto[]>;
  /** Moves pictures with their faces, all at once (two may swap), replacing what is there. Gives those that existed. */
  movePhotos(moves: readonly PhotoMove[]): Promise<PhotoMove[]>;
  /** As `movePhotos`; the pictures stay where they are too, and the copies' faces have ids of their own. */
  copyPhotos(copies: readonly PhotoMove[]): Promise<PhotoMove[]>;
  /** Removes faces with their crops and numbers from pictures that stay, and gives them, for undo. */
  removeFaces(ids: Iterable<string>): Promise<StoredPhotoFace[]>;
  /** Puts faces back into those of their pictures that are still there. */
  restoreFaces(faces: readonly StoredPhotoFace[]): Promise<void>;
  assign(assignments: ReadonlyMap<string, Assignment>): Promise<void>;
  setEmbeddings(embeddings: ReadonlyMap<string, Embedding>): Promise<void>;
  /** Adds cohort means to embeddings of that model by their faces’ ids; faces that are gone, or of another model by now, are skipped. */
  setCohortMeans(modelId: string, means: ReadonlyMap<string, CohortMean>): Promise<void>;
  /** What the faces were last grouped by (`groupingState`); null: not grouped yet. In no backup. */
  groupedBy(): Promise<string | null>;
  setGroupedBy(state: string): Promise<void>;
}

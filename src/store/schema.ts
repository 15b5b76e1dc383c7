import type { BackupOptions, CheckedBackup } from './backup/backup';
import type { CohortMean, Embedding, FaceQuality, StoredCrop } from '../core/types';

export interface PersonRecord {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Where a face came from; `sample` marks those of the sample pictures, so that they leave together. */
export interface FaceSource {
  readonly kind: 'picture' | 'camera' | 'sample';
  /** File name, or the camera's label. Text, never markup. */
  readonly name: string;
}

export interface FaceRecord {
  readonly id: string;
  readonly personId: string;
  /** The model that `embedding` is of; re-embedded from `crop` when the model changes. */
  readonly embedding: Embedding;
  readonly crop: StoredCrop;
  readonly quality: FaceQuality;
  readonly source: FaceSource;
  readonly createdAt: number;
}

export interface Settings {
  readonly model: string | null;
  readonly backend: 'auto' | 'wasm' | 'webgpu';
  readonly precision: 'auto' | 'float32' | 'float16' | 'int8';
  /** False-accept rate a comparison; null: the model's own default. */
  readonly far: number | null;
  readonly mirrorCamera: boolean;
  readonly cameraId: string | null;
  /** What the photos' faces were last grouped by (`groupingState`); null: not grouped yet. In no backup. */
  readonly photosGrouped: string | null;
}

export type NewFace = Omit<FaceRecord, 'id' | 'personId' | 'createdAt'>;

/** All people, faces and settings on this device. Every method that writes is one transaction: all of it or nothing. */
export interface Store {
  /** False when the browser keeps nothing (`store/denied`): people then live in memory only until the page closes. */
  readonly persistent: boolean;
  /** False while another tab is the one that writes: every write throws `store/other-tab`. */
  mayWrite(): boolean;
  people(): Promise<PersonRecord[]>;
  faces(): Promise<FaceRecord[]>;
  facesOf(personId: string): Promise<FaceRecord[]>;
  /** Throws `store/bad-name`, `store/duplicate-name` (compared without case and outer space), `store/full`. */
  addPerson(name: string, faces: readonly NewFace[]): Promise<PersonRecord>;
  addFaces(personId: string, faces: readonly NewFace[]): Promise<FaceRecord[]>;
  renamePerson(personId: string, name: string): Promise<PersonRecord>;
  /** Moves all faces of `fromId` to `intoId` and removes `fromId`. */
  mergePeople(fromId: string, intoId: string): Promise<void>;
  moveFaces(faceIds: readonly string[], toPersonId: string): Promise<void>;
  removePerson(personId: string): Promise<void>;
  removeFaces(faceIds: readonly string[]): Promise<void>;
  /** Restores what a remove returned, for undo. */
  restore(people: readonly PersonRecord[], faces: readonly FaceRecord[]): Promise<void>;
  /** Replaces embeddings (after a change of model), all or none. */
  setEmbeddings(embeddings: ReadonlyMap<string, Embedding>): Promise<void>;
  /** Adds cohort means to embeddings of that model by their faces’ ids; faces that are gone, or of another model by now, are skipped. */
  setCohortMeans(modelId: string, means: ReadonlyMap<string, CohortMean>): Promise<void>;
  /** Removes the people all of whose faces are of the sample pictures; and the sample faces of the others. */
  removeSamples(): Promise<void>;
  settings(): Promise<Settings>;
  saveSettings(changes: Partial<Settings>): Promise<Settings>;
  /** People, faces, photo library, trained models and settings as one encrypted file. Throws `backup/weak-passphrase`, `aborted`. */
  writeBackup(passphrase: string, options?: BackupOptions): Promise<Blob>;
  /** Opens such a file and checks all of it before anything can be written. Throws the codes `backup/…`, `aborted`. */
  checkBackup(file: Blob, name: string, passphrase: string, options?: BackupOptions): Promise<CheckedBackup>;
  /** Bytes used by this origin and allowed to it, as the browser tells. */
  usage(): Promise<{ used: number; quota: number }>;
  /** Called after any write, in this tab. Returns the unsubscriber. */
  onChange(callback: () => void): () => void;
  /** Deletes the database itself. The store cannot be used afterwards. */
  deleteEverything(): Promise<void>;
  close(): void;
}

/** People, their faces and the settings as they are stored, and what the store as a whole offers. */
import type { CohortMean, Embedding, FaceQuality, StoredCrop } from '../core/types';
import type { BackupOptions, CheckedBackup } from './backup/backup';
import type { PhotoStore } from './photoSchema';
import type { TrainStore } from './trainSchema';

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

/** A face as a row: the crop's bytes rather than a Blob, which not every browser stores reliably. */
export interface FaceRow extends Omit<FaceRecord, 'crop'> {
  readonly crop: Omit<StoredCrop, 'picture'> & { readonly bytes: ArrayBuffer; readonly type: string };
}

export interface Settings {
  readonly model: string | null;
  readonly backend: 'auto' | 'wasm' | 'webgpu';
  readonly precision: 'auto' | 'float32' | 'float16' | 'int8';
  /** False-accept rate a comparison; null: the model's own default. */
  readonly far: number | null;
  readonly mirrorCamera: boolean;
  readonly cameraId: string | null;
}
export interface SettingsRow extends Partial<Settings> {
  readonly id: 'settings';
}

export type NewFace = Omit<FaceRecord, 'id' | 'personId' | 'createdAt'>;

/** The parts of the store of which listeners hear separately. */
export type Topic = 'people' | 'settings' | 'photos' | 'training';

/** What every part of the store has. Each of its methods that writes is one transaction: all of it or nothing. */
export interface StorePart {
  /** False where the browser stores nothing (`store/denied`): the content then lives in memory until the page closes. */
  readonly persistent: boolean;
  /** False while another tab is the one that writes: every write throws `store/other-tab`. */
  mayWrite(): boolean;
  /** Calls back after each write; `elsewhere`: another tab, a worker or a deletion. Returns the unsubscriber. */
  onChange(callback: (elsewhere: boolean) => void): () => void;
}

/** All people and their faces on this device. */
export interface PeopleStore extends StorePart {
  list(): Promise<PersonRecord[]>;
  faces(): Promise<FaceRecord[]>;
  facesOf(personId: string): Promise<FaceRecord[]>;
  /** Throws `store/bad-name`, `store/duplicate-name` (compared by `personKey`), `store/full`. */
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
}

export interface SettingsStore extends StorePart {
  read(): Promise<Settings>;
  /** Resolves to the settings with those changes. */
  save(changes: Partial<Settings>): Promise<Settings>;
}

/** All that this device stores but model files and the pictures of trainings. */
export interface Store {
  readonly people: PeopleStore;
  readonly settings: SettingsStore;
  readonly photos: PhotoStore;
  readonly training: TrainStore;
  readonly persistent: boolean;
  /** Everything but running trainings as one encrypted file. Throws `backup/weak-passphrase`, `aborted`. */
  writeBackup(passphrase: string, options?: BackupOptions): Promise<Blob>;
  /** Opens such a file and checks all of it before anything can be written. Throws the codes `backup/…`, `aborted`. */
  checkBackup(file: Blob, name: string, passphrase: string, options?: BackupOptions): Promise<CheckedBackup>;
  /** Bytes used by this origin and allowed to it, as the browser reports. */
  usage(): Promise<{ used: number; quota: number }>;
  close(): void;
}

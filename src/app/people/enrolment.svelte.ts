import { toFaceError, type FaceError } from '../../core/errors';
import type { RecognisedFace } from '../../core/types';
import type { FaceSource, NewFace } from '../../store/schema';
import type { Engine } from '../shell/engine.svelte';
import { mayLie } from '../../client/lying';
import { Task } from '../shell/task.svelte';
import { newFace } from './people.svelte';
import type { NewPicture } from '../recognise/pictures.svelte';

/** Beside a certain face, a detection below this score is more often a patch or an orange than a second person. */
const DOUBTFUL = 0.95;

/** The key of the form for a new person; ids are never empty. */
const NEW = '';

/** A picture offered for a person, and which of its faces is the person's. */
export class Candidate {
  status = $state<'waiting' | 'working' | 'done' | 'failed'>('waiting');
  error = $state.raw<FaceError | null>(null);
  /** Most probable first. */
  faces = $state.raw<readonly RecognisedFace[]>([]);
  /** Index of the chosen face; null while the user has to choose, or without any face. */
  chosen = $state<number | null>(null);
  /** Whether the user has chosen. */
  decided = false;
  /** Also searched for faces that are upside down or on their side. */
  turned = $state(false);
  /** Whether to offer that search. */
  mayLie = $derived(this.status === 'done' && !this.turned && mayLie(this.faces));
  face = $derived(this.chosen === null ? null : (this.faces[this.chosen] ?? null));

  constructor(
    readonly id: number,
    readonly blob: Blob,
    readonly source: FaceSource,
  ) {}

  choose(face: number): void {
    this.chosen = face;
    this.decided = true;
  }
}

export class Enrolment {
  /** Of a new person; empty for a known one. */
  name = $state('');
  saving = $state(false);
  candidates = $state.raw<readonly Candidate[]>([]);
  readonly task = new Task();
  /** Also search new pictures for turned faces. */
  turned = $state(false);
  done = $derived(this.candidates.filter((one) => one.status === 'done' || one.status === 'failed').length);
  /** Pictures with several faces and no choice yet. */
  undecided = $derived(this.candidates.filter((one) => one.faces.length > 1 && one.chosen === null).length);
  ready = $derived(this.candidates.filter((one) => one.face !== null).length);
  #next = 1;

  constructor(private readonly engine: Engine) {}

  async add(sources: readonly NewPicture[]): Promise<void> {
    const added = sources.map(({ blob, source }) => new Candidate(this.#next++, blob, source));
    this.candidates = [...this.candidates, ...added];
    await this.#run();
  }

  /** Searches the picture again, also for turned faces. */
  searchTurned(candidate: Candidate): Promise<void> {
    candidate.turned = true;
    candidate.status = 'waiting';
    return this.#run();
  }

  /** For new pictures and, when switched on, those whose faces may be turned, unless the user has chosen. */
  setTurned(on: boolean): Promise<void> {
    this.turned = on;
    for (const one of this.candidates) if (on && one.mayLie && !one.decided) one.status = 'waiting';
    return this.#run();
  }

  remove(candidate: Candidate): void {
    this.candidates = this.candidates.filter((other) => other !== candidate);
  }

  /** Drops everything and aborts the search. */
  clear(): void {
    this.candidates = [];
    this.task.abort();
  }

  chosenFaces(): NewFace[] {
    return this.candidates.flatMap((one) => (one.face ? [newFace(one.face, one.source)] : []));
  }

  async #run(): Promise<void> {
    if (this.task.running) return;
    // Again for pictures added while the run was ending.
    while (this.#waiting()) await this.task.run(({ signal }) => this.#searchAll(signal));
  }

  async #searchAll(signal: AbortSignal): Promise<void> {
    for (let one = this.#waiting(); one; one = this.#waiting()) await this.#search(one, signal);
  }

  #waiting(): Candidate | undefined {
    return this.candidates.find((one) => one.status === 'waiting');
  }

  async #search(candidate: Candidate, signal: AbortSignal): Promise<void> {
    candidate.status = 'working';
    candidate.turned ||= this.turned;
    try {
      await this.engine.ready();
      const options = { keepCrops: true, ...(candidate.turned && { turned: true }) };
      const request = { picture: candidate.blob, name: candidate.source.name, options };
      const { faces } = await this.engine.client.call('recognise', request, { signal });
      candidate.faces = faces;
      candidate.decided = false;
      candidate.chosen = faces.length > 0 && faces.slice(1).every((face) => face.detection.score < DOUBTFUL) ? 0 : null;
      candidate.status = 'done';
    } catch (thrown) {
      candidate.error = toFaceError(thrown);
      candidate.status = 'failed';
    }
  }
}

/** The open forms. What was gathered stays while other views are shown, until it is saved or cancelled. */
export class Enrolments {
  #open = $state.raw<ReadonlyMap<string, Enrolment>>(new Map());

  constructor(private readonly engine: Engine) {}

  /** The form for that person, or with null for a new one; null where none is open. */
  of(personId: string | null): Enrolment | null {
    return this.#open.get(personId ?? NEW) ?? null;
  }

  begin(personId: string | null): void {
    if (!this.of(personId)) this.#open = new Map(this.#open).set(personId ?? NEW, new Enrolment(this.engine));
  }

  /** Drops what was gathered and aborts the search. */
  end(personId: string | null): void {
    this.of(personId)?.clear();
    const rest = new Map(this.#open);
    rest.delete(personId ?? NEW);
    this.#open = rest;
  }
}

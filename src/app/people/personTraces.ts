/** What is kept of a person besides name and faces: faces in Photos, trained models, and records of the runs. */
import { personKey } from '../../core/names';
import type { ModelPlace } from '../../client/types';
import type { TrainRunRecord } from '../../store/trainSchema';
import type { Person } from './people.svelte';
import { planOf, type RunPlan } from '../train/runRecord';

export interface PersonTraces {
  /** Faces in Photos with this person's name. */
  readonly photoFaces: number;
  readonly models: readonly ModelPlace[];
  readonly runs: readonly TrainRunRecord[];
}

interface Sources {
  readonly faces: readonly { readonly personId: string | null }[];
  readonly models: readonly ModelPlace[];
  readonly runs: readonly TrainRunRecord[];
}

/** Models from files know people by name, models trained here by id. */
export function tracesOf(person: Pick<Person, 'id' | 'name'>, { faces, models, runs }: Sources): PersonTraces {
  const key = personKey(person.name);
  const isTrainedOn = (run: TrainRunRecord) =>
    peopleOf(run).people.some(({ id, name }) => id === person.id || personKey(name) === key);
  const theirs = runs.filter(
    (run) => isTrainedOn(run) || (keepsPictures(run) && peopleOf(run).impostors.includes(person.id)),
  );
  const made = new Set(theirs.flatMap(({ modelId }) => modelId ?? []));
  const knows = ({ id, trained }: ModelPlace) =>
    trained !== null && (made.has(id) || trained.people.some((each) => each === person.id || personKey(each) === key));
  return {
    photoFaces: faces.filter(({ personId }) => personId === person.id).length,
    models: models.filter(knows),
    runs: theirs,
  };
}

/** Pictures are kept until the run is decided; a failed run can be resumed. */
const keepsPictures = ({ status }: TrainRunRecord): boolean => status !== 'accepted' && status !== 'discarded';

/** Nobody for an unreadable plan: it may come from a backup and must not prevent deleting a person. */
function peopleOf(run: TrainRunRecord): Required<Pick<RunPlan, 'people' | 'impostors'>> {
  try {
    const { people, impostors }: { readonly people?: unknown; readonly impostors?: unknown } = planOf(run);
    return {
      people: Array.isArray(people) ? people.filter(isPerson) : [],
      impostors: Array.isArray(impostors) ? impostors.filter((id) => typeof id === 'string') : [],
    };
  } catch {
    return { people: [], impostors: [] };
  }
}

function isPerson(given: unknown): given is RunPlan['people'][number] {
  const { id, name } = (given ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof name === 'string';
}

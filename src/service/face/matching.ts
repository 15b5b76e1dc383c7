import type { GalleryFace } from '../../core/types';
import { packGallery } from '../../pipeline/gallery';
import type { Matching } from '../../pipeline/match';
import { assertFar, decisionOf, limitsOf } from '../../weights/calibration';
import { logisticClassifier } from './galleryClassifier';
import type { Session } from './session';

/** How a person is chosen among those within the threshold. */
export type ClassifierMethod = 'nearest' | 'logistic';

/** The people to match against and how strictly: what stays when the model changes. */
export class KnownPeople {
  /** Of all models: the present one's faces are packed when they are first needed. */
  #faces: readonly GalleryFace[] = [];
  #method: ClassifierMethod = 'nearest';
  #far: number | null = null;
  #matching: { readonly session: Session; readonly made: Promise<Matching> } | null = null;

  get far(): number | null {
    return this.#far;
  }

  setFaces(faces: readonly GalleryFace[]): void {
    this.#faces = faces;
    this.#matching = null;
  }

  setMethod(method: ClassifierMethod): void {
    this.#method = method;
    this.#matching = null;
  }

  /** The false-accept rate; null for the model's own. Throws `config/bad-value`, and nothing changes then. */
  setFar(far: number | null): void {
    if (far !== null) assertFar(far);
    this.#far = far;
    this.#matching = null;
  }

  /** Made once until people, model, rate or method change. Throws `weights/no-cohort`. */
  matchingOf(session: Session): Promise<Matching> {
    if (this.#matching?.session === session) return this.#matching.made;
    const matching = { session, made: this.#make(session) };
    this.#matching = matching;
    matching.made.catch(() => {
      if (this.#matching === matching) this.#matching = null;
    });
    return matching.made;
  }

  async #make({ row, cohort: loadCohort, classifier }: Session): Promise<Matching> {
    const [faces, method, far] = [this.#faces, this.#method, this.#far];
    const cohort = await loadCohort();
    const gallery = packGallery(faces, row.id, row.embeddingSize, cohort);
    const { calibration } = decisionOf(row);
    const trained = method === 'logistic' ? logisticClassifier(gallery) : null;
    return {
      gallery,
      calibration,
      threshold: limitsOf(row, far).normalised,
      cohort,
      classifier: trained ?? classifier,
    };
  }
}

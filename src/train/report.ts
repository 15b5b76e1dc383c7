/** How good a model is at what it is used for, on pictures that it has not learnt from. */
export interface ModelReport {
  /** Share of the held-out pictures of trained people that are given the right person; null when there are none. */
  readonly accuracy: number | null;
  /** How a picture was given a person: by its nearest picture of the training set, or by the trained head. */
  readonly namedBy: 'nearest' | 'head';
  /** Share of the held-out pairs of one person whose distance is below `threshold`; null without such pairs. */
  readonly val: number | null;
  /** The false-accept rate asked for. */
  readonly far: number;
  /** Plain Euclidean: that share of the pairs of two outsiders is nearer. */
  readonly threshold: number;
  /** Share of the outsiders' faces nearer than `threshold` to some picture of the training set; null without outsiders. */
  readonly outsidersAccepted: number | null;
}

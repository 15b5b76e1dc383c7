export const VIEWS = [
  { name: 'recognise', title: 'Recognise', icon: 'face' },
  { name: 'people', title: 'People', icon: 'people' },
  { name: 'photos', title: 'Photos', icon: 'pictures' },
  { name: 'train', title: 'Train', icon: 'train' },
  { name: 'benchmark', title: 'Benchmark', icon: 'chart' },
  { name: 'settings', title: 'Settings', icon: 'settings' },
] as const;
const FOOTER_VIEWS = [{ name: 'privacy', title: 'Privacy' }] as const;
export const ALL_VIEWS = [...VIEWS, ...FOOTER_VIEWS] as const;
export type ViewName = (typeof ALL_VIEWS)[number]['name'];

export interface Route {
  readonly view: ViewName;
  /** What follows the view's name: a person's id in `#/people/<id>`. */
  readonly rest: string | null;
}

/** `#/people/abc` → People, abc; anything unknown → Recognise. */
export function parseRoute(hash: string): Route {
  const [, name, rest] = /^#\/(\w+)(?:\/([^/]+))?$/.exec(hash) ?? [];
  const view = ALL_VIEWS.find((candidate) => candidate.name === name)?.name ?? 'recognise';
  return { view, rest: rest && view === name ? decode(rest) : null };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // a stray % in an address typed by hand
  }
}

export function hrefOf(view: ViewName, rest?: string): string {
  return rest === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(rest)}`;
}

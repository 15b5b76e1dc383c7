import { toBase64 } from '../core/base64';
import { count } from '../core/count';
import type { Pair } from './pairs';
import { escapeMarkup } from './svgPlot';

export interface WrongPair extends Pick<Pair, 'a' | 'b' | 'same' | 'fold'> {
  /** In the protocol's distance, against the threshold of the pair's fold. */
  readonly distance: number;
  readonly threshold: number;
}

export interface ShownPair extends WrongPair {
  readonly pictures: readonly [Uint8Array, Uint8Array];
}

const STYLE = `body { font: 16px system-ui, sans-serif; margin: 2rem; color: #222; background: #fff }
ul { display: flex; flex-wrap: wrap; gap: 1.5rem; list-style: none; padding: 0 }
img { width: 180px; height: 180px; object-fit: contain; background: #eee }
figure { margin: 0 } figcaption { max-width: 370px; overflow-wrap: anywhere }`;

/** `errors.html`: the wrong pairs side by side, the pictures within the page. `total` includes those not shown. */
export function errorsPage(shown: readonly ShownPair[], total: number, title: string): string {
  const part = (same: boolean, heading: string): string => {
    const pairs = shown.filter((pair) => pair.same === same);
    return pairs.length === 0
      ? ''
      : `<h2>${heading}: ${pairs.length}</h2>\n<ul>\n${pairs.map(item).join('\n')}\n</ul>\n`;
  };
  const rest = total > shown.length ? ` The ${shown.length} clearest are shown.` : '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Wrong pairs</title><style>${STYLE}</style></head>
<body>
<h1>Wrong pairs</h1>
<p>${escapeMarkup(title)}. ${count(total, 'pair')} in all.${rest}</p>
${part(true, 'One person, taken for two')}${part(false, 'Two people, taken for one')}</body>
</html>
`;
}

function item({ a, b, fold, distance, threshold, pictures }: ShownPair): string {
  const picture = (name: string, bytes: Uint8Array): string =>
    `<img src="data:${typeOf(bytes)};base64,${toBase64(bytes)}" alt="${escapeMarkup(name)}">`;
  return `<li><figure>${picture(a, pictures[0])}${picture(b, pictures[1])}<figcaption>${escapeMarkup(a)}<br>${escapeMarkup(b)}<br>distance ${distance.toFixed(3)}, threshold ${threshold.toFixed(3)}, fold ${fold + 1}</figcaption></figure></li>`;
}

function typeOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff) return 'image/jpeg';
  return bytes[0] === 0x89 ? 'image/png' : 'image/*';
}

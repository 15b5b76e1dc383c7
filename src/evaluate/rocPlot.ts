import type { Roc } from './roc';

const SIDE = { width: 640, height: 440, left: 64, right: 16, top: 28, bottom: 48 } as const;
/** Smallest rate on the logarithmic axis. */
const LEAST_FAR = 1e-4;

/** The curve as a picture: share of same pairs accepted over the share of different ones, that axis logarithmic. */
export function rocSvg({ tpr, far }: Roc, title: string): string {
  const { width, height, left, right, top, bottom } = SIDE;
  const least = Math.min(0.9, Math.floor(10 * (tpr.find((_, i) => far[i]! >= LEAST_FAR) ?? 0)) / 10);
  const x = (rate: number): number =>
    left + ((width - left - right) * Math.log(Math.max(rate, LEAST_FAR) / LEAST_FAR)) / Math.log(1 / LEAST_FAR);
  const y = (rate: number): number =>
    top + (height - top - bottom) * (1 - (Math.max(rate, least) - least) / (1 - least));
  const path = Array.from(tpr, (rate, i) => `${x(far[i]!).toFixed(1)},${y(rate).toFixed(1)}`);
  const decades = [1e-4, 1e-3, 1e-2, 1e-1, 1].map((rate) => {
    const at = x(rate).toFixed(1);
    return `<path d="M${at} ${top}V${height - bottom}"/><text x="${at}" y="${height - bottom + 18}" text-anchor="middle">${rate}</text>`;
  });
  const levels = Array.from({ length: 6 }, (_, i) => least + ((1 - least) * i) / 5).map((rate) => {
    const at = y(rate).toFixed(1);
    return `<path d="M${left} ${at}H${width - right}"/><text x="${left - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${rate.toFixed(2)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="18" font-size="14">${escapeMarkup(title)}</text>
<g stroke="#ddd" fill="#333" stroke-width="1">${[...decades, ...levels].join('').replaceAll('<text', '<text stroke="none"')}</g>
<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">false-accept rate</text>
<text transform="translate(16 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">same pairs accepted</text>
<polyline fill="none" stroke="#0b57d0" stroke-width="2" points="${[...new Set(path)].join(' ')}"/>
</svg>
`;
}

/** Text for XML and HTML: names of files are never markup. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

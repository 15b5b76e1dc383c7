/** Plots as SVG text, for the reports of an evaluation and of a training run. */

/** Where a mark of an axis lies, pixels, and its text. */
type Mark = readonly [at: number, text: string];

export interface Plot {
  readonly width: number;
  readonly height: number;
  /** Margins of the drawing area, pixels. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xMarks: readonly Mark[];
  readonly yMarks: readonly Mark[];
  /** The curves, SVG elements. */
  readonly curves: readonly string[];
}

/** The plot as a whole SVG document. Only `title` may hold text from outside: it is escaped, labels and marks are not. */
export function svgPlot(plot: Plot): string {
  const { width, height, left, right, top, bottom } = plot;
  const columns = plot.xMarks.map(
    ([x, text]) =>
      `<path d="M${x.toFixed(1)} ${top}V${height - bottom}"/><text stroke="none" x="${x.toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  const rows = plot.yMarks.map(
    ([y, text]) =>
      `<path d="M${left} ${y.toFixed(1)}H${width - right}"/><text stroke="none" x="${left - 8}" y="${y.toFixed(1)}" text-anchor="end" dominant-baseline="middle">${text}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="18" font-size="14">${escapeMarkup(plot.title)}</text>
<g stroke="#ddd" fill="#333" stroke-width="1">${[...columns, ...rows].join('')}</g>
<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${plot.xLabel}</text>
<text transform="translate(16 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${plot.yLabel}</text>
${plot.curves.join('\n')}
</svg>
`;
}

/** Text for XML and HTML: names of files are never markup. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

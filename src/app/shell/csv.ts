/** Writes the app's CSV files (RFC 4180). */

/**
 * A spreadsheet would run a cell that begins like a formula: an apostrophe keeps it text. OWASP, “CSV Injection”: also
 * after tabs, line breaks and semicolons (separators in many countries), and for full-width signs.
 */
export function notFormula(text: string): string {
  return text.replace(/(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g, "$1'");
}

function quotedCell(text: string): string {
  return `"${notFormula(text).replaceAll('"', '""')}"`;
}

/** Quotes texts; numbers and values of the app's own are given as `plain`. Every line ends with CR LF. */
export function csvFile(
  head: readonly string[],
  rows: readonly (readonly (string | { readonly plain: string })[])[],
): string {
  const lines = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? quotedCell(cell) : cell.plain)).join(','),
  );
  return [head.join(','), ...lines, ''].join('\r\n');
}

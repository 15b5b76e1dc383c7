/** The one writer of the app's CSV files (RFC 4180). */

/**
 * A cell that begins like a formula would be run by a spreadsheet: an apostrophe keeps it text. OWASP, “CSV Injection”:
 * also after a tab, a line break and a semicolon, which part cells in many countries, and the full-width signs.
 */
export function notFormula(text: string): string {
  return text.replace(/(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g, "$1'");
}

/** Within double quotes, and never a formula. */
function quotedCell(text: string): string {
  return `"${notFormula(text).replaceAll('"', '""')}"`;
}

/** Texts are always quoted; what the app itself has made (numbers, yes and no) is given as `plain`. Lines end with CR LF, the last one too. */
export function csvFile(
  head: readonly string[],
  rows: readonly (readonly (string | { readonly plain: string })[])[],
): string {
  const lines = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? quotedCell(cell) : cell.plain)).join(','),
  );
  return [head.join(','), ...lines, ''].join('\r\n');
}

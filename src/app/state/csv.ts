/**
 * A name that begins like a formula would be run by a spreadsheet: an apostrophe keeps it text. OWASP, “CSV Injection”:
 * also behind a tab or a line break, and the full-width signs, which some take for the others.
 */
export function notFormula(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

/** Within double quotes (RFC 4180), and never a formula. */
export function quotedCell(text: string): string {
  return `"${notFormula(text).replaceAll('"', '""')}"`;
}

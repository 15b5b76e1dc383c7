/** Without the tabs and line breaks that part fields and lines of a text file. */
export function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}

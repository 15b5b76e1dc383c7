/** Whether a terminal would take it for an order (C0 but tab and line feed, DEL, C1), or turn the direction of writing by it. */
function isControl(code: number): boolean {
  if (code < 0x20) return code !== 0x09 && code !== 0x0a;
  if (code >= 0x7f && code <= 0x9f) return true;
  return (
    code === 0x061c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}

/** Text from files and their names as it can be shown to people in a terminal: each control character as U+FFFD. */
export function printable(text: string): string {
  let shown = '';
  for (const character of text) shown += isControl(character.codePointAt(0)!) ? '\ufffd' : character;
  return shown;
}

/**
 * Names of people as text: app, store and command line compare them by one rule, so that “Zoë” typed on a Mac (NFD) and
 * “zoë ” typed elsewhere (NFC) are one person.
 */

/** Invisible and direction-changing characters, never part of a name. ZWJ and ZWNJ stay: they shape scripts and emoji. */
const INVISIBLE = /[\p{Bidi_Control}\u00ad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff]/gu;
const BLANKS = /[\s\p{Cc}]+/gu;

/**
 * The name as it is shown: composed (NFC), without invisible and control characters, blanks collapsed to one, none at
 * its ends. Empty where nothing is left.
 */
export function tidyName(name: string): string {
  // Composed last: a removed character may have stood between a letter and its accent.
  return name.replace(INVISIBLE, '').replace(BLANKS, ' ').trim().normalize('NFC');
}

/**
 * Two names with the same key are one person's: Unicode form, case, kinds and number of blanks, and characters without
 * an image do not count. Empty for a name without a visible character.
 */
export function personKey(name: string): string {
  return tidyName(name.replace(/\p{Default_Ignorable_Code_Point}/gu, ''))
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}

/** Without tabs and line breaks, which separate fields and lines of a text file. */
export function oneLine(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}

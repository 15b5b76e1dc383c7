/** The files of a drop or a paste. What is no picture is found out by reading it, with a sentence for each. */
export function picturesOf(transfer: DataTransfer | null): File[] {
  return transfer ? [...transfer.files] : [];
}

/** Whether an event comes from a field that takes text, whose pasting is not ours. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable);
}

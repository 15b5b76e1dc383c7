/** Networks on WASM run without letting messages (pause, abort) in: a moment in which they arrive. */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

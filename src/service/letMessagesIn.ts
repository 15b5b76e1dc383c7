/** Networks on WASM run without handling messages (pause, abort): this lets those that have arrived be handled. */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

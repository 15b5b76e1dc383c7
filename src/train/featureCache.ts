/** Values by name, as many as fit into `limit` bytes; what does not fit is not kept. */
export class FeatureCache {
  private readonly values = new Map<string, Float32Array>();
  private bytes = 0;

  constructor(private readonly limit: number) {}

  /** Something did not fit. */
  full = false;

  get(key: string): Float32Array | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Float32Array): void {
    if (this.values.has(key)) return;
    if (this.bytes + value.byteLength > this.limit) {
      this.full = true;
      return;
    }
    this.bytes += value.byteLength;
    this.values.set(key, value);
  }
}

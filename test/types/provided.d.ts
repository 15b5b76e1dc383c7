import 'vitest';

declare module 'vitest' {
  /** What `vitest.config.ts` provides to tests in the browser. */
  interface ProvidedContext {
    /** True: what lies beside the repository must be there. */
    expectShared: boolean;
    /** True: WebGPU must be there. */
    expectWebgpu: boolean;
  }
}

export interface Size {
  readonly what: string;
  /** Gzipped. */
  readonly bytes: number;
  readonly limit: number;
}
export function firstLoad(html: string): string[];
export function sizes(folder: string): Size[];

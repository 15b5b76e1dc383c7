import type { EmbeddedFace } from '../../client/types';
import type { HarnessOps } from '../bridge';

/** Many faces' numbers as one block of bytes, which crosses to Node far faster than a list for each. */
export function packFaces(faces: readonly EmbeddedFace[]): HarnessOps['embedFaces']['res'] {
  const rows = faces.map(({ vector, flipped }) => [vector, flipped].filter((part) => part !== null));
  const columns = Math.max(0, ...rows.map((parts) => parts.reduce((sum, part) => sum + part.length, 0)));
  const numbers = new Float32Array(faces.length * columns);
  for (const [i, parts] of rows.entries()) {
    let at = i * columns;
    for (const part of parts) {
      numbers.set(part, at);
      at += part.length;
    }
  }
  return {
    found: faces.map(({ detection }) => detection !== null),
    embedded: faces.map(({ vector }) => vector !== null),
    problems: faces.map(({ problem }) => problem),
    vectors: new Uint8Array(numbers.buffer),
  };
}

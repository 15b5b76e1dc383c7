import type { FacePoints, Point } from '../../../src/core/types';

/** A head as points in space (mouth and eyes on its front, the nose's tip before them), turned and seen from afar. */
export function seen({ yaw = 0, pitch = 0, roll = 0 }): FacePoints {
  const head = [[-30, -30, 0], [30, -30, 0], [0, 4, 28], [-24, 32, 0], [24, 32, 0]] as const; // prettier-ignore
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const points = head.map(([x, y, z]): Point => {
    const [x1, z1] = [x * Math.cos(a) + z * Math.sin(a), z * Math.cos(a) - x * Math.sin(a)];
    const y1 = y * Math.cos(b) - z1 * Math.sin(b);
    return { x: 200 + x1 * Math.cos(c) - y1 * Math.sin(c), y: 150 + x1 * Math.sin(c) + y1 * Math.cos(c) };
  });
  return [points[0]!, points[1]!, points[2]!, points[3]!, points[4]!];
}

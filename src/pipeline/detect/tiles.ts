/**
 * Long and large pictures. Reduced to the searched size, a panorama loses its faces, so it is also searched in overlapping
 * tiles, one at a time, and each face is kept once.
 */
import type { Box, Detection, Frame, Size } from '../../core/types';
import { PNET_CELL } from '../../models/pnet';
import { isSameFace, moveFace } from './boxes';
import type { Detector } from './detect';
import { DETECT_DEFAULTS, detectSettings, type SearchOptions } from './options';
import { searchedMinSize } from './pyramid';

/** Longer by shorter side of a tile, and of the picture whose least face a longer one gets: a photo's. */
const SHAPE = 4 / 3;
/** How many times larger faces must be in tiles than in the whole picture's copy for tiles to be worth their time. */
const WORTH = 1.5;
/** Overlap in least faces of the whole picture's copy: a face cut by one tile's edge lies whole in the next. */
const OVERLAP = 1.5;
/** A box this near to an inner edge of its tile, as a share of its own longer side, may be part of a face. */
const EDGE = 0.05;

/**
 * The tiles searched in addition to the whole picture, in its pixels; none for ordinary pictures. Without `minSize`, a
 * picture more than about twice as long as wide gets the least face of a 4:3 picture of its shorter side; with it, any
 * picture is searched large enough for such faces. With `maxSide` there is one small copy and no tiles.
 */
export function tilesOf({ width, height }: Size, options: SearchOptions = {}): Box[] {
  if (options.maxSide !== undefined) return [];
  const { maxSide } = DETECT_DEFAULTS;
  const [longer, shorter] = [Math.max(width, height), Math.min(width, height)];
  const whole = Math.min(1, maxSide / longer);
  const scale = Math.min(1, scaleFor(shorter, options.minSize));
  if (scale < WORTH * whole) return [];
  const overlap = (OVERLAP * DETECT_DEFAULTS.minSize) / whole;
  const along = starts(longer, Math.round(maxSide / scale), overlap);
  const across = starts(shorter, Math.round(maxSide / SHAPE / scale), overlap);
  return across.flatMap(([y0, y1]) =>
    along.map(([x0, x1]): Box => (width >= height ? { x0, y0, x1, y1 } : { x0: y0, y0: x0, x1: y1, y1: x1 })),
  );
}

/** The reduction at which the least face asked for has the size of the detector's own. */
function scaleFor(shorter: number, minSize: number | undefined): number {
  if (minSize === undefined) return DETECT_DEFAULTS.maxSide / (shorter * SHAPE);
  return DETECT_DEFAULTS.minSize / inPixels(minSize, shorter);
}

function inPixels(minSize: number, shorter: number): number {
  return minSize < 1 ? minSize * shorter : minSize;
}

/** Where tiles of length `tile` start and end along a side: evenly spread, overlapping by at least `overlap`. */
function starts(side: number, tile: number, overlap: number): (readonly [number, number])[] {
  if (side <= tile) return [[0, side]];
  const shared = Math.min(overlap, tile / 2);
  const count = Math.ceil((side - shared) / (tile - shared));
  return Array.from({ length: count }, (_, i) => {
    const from = Math.round((i * (side - tile)) / (count - 1));
    return [from, from + tile] as const;
  });
}

/** The smallest face that is looked for in a picture of this size, in its pixels. Throws `detect/bad-option`. */
export function leastFace(picture: Size, options: SearchOptions = {}): number {
  const { minSize, maxSide } = detectSettings(options);
  const [tile] = tilesOf(picture, options);
  const searched = tile ? { width: tile.x1 - tile.x0, height: tile.y1 - tile.y0 } : picture;
  const reduction = Math.min(1, maxSide / Math.max(searched.width, searched.height));
  const shorter = Math.min(picture.width, picture.height);
  const asked = tile ? Math.max(inPixels(minSize, shorter), PNET_CELL) : minSize;
  return searchedMinSize({ minSize: asked }, shorter, reduction) / reduction;
}

/** `detector`, which also searches the tiles of pictures that need them, one after the other to save memory. */
export function withTiles(detector: Detector): Detector {
  const tiled: Detector = {
    ...detector,
    detect: async (frame, ...rest) => (await tiled.detectMany([frame], ...rest))[0]!,
    async detectMany(frames, options = {}, timings, signal) {
      const found = await detector.detectMany(frames, options, timings, signal);
      for (const [i, frame] of frames.entries()) {
        const tiles = tilesOf(frame, options);
        if (tiles.length === 0) continue;
        const { minSize } = options;
        const shorter = Math.min(frame.width, frame.height);
        const tileOptions =
          minSize === undefined ? options : { ...options, minSize: Math.max(inPixels(minSize, shorter), PNET_CELL) };
        const all = found[i]!.map((face) => ({ face, cut: false, search: 0 }));
        for (const [place, tile] of tiles.entries()) {
          const [faces] = await detector.detectMany([partOf(frame, tile)], tileOptions, timings, signal);
          for (const one of faces!) {
            const face = moveFace(one, ({ x, y }) => ({ x: x + tile.x0, y: y + tile.y0 }));
            all.push({ face, cut: isCut(face.box, tile, frame), search: 1 + place });
          }
        }
        found[i] = once(all);
      }
      return found;
    },
  };
  return tiled;
}

/** A part of a frame, as a frame; its owner closes the whole. */
function partOf(frame: Frame, { x0, y0, x1, y1 }: Box): Frame {
  return {
    width: x1 - x0,
    height: y1 - y0,
    reduced: (maxSide) => frame.reduced(maxSide, { x0, y0, x1, y1 }),
    region: (box) => {
      const part = frame.region({ x0: box.x0 + x0, y0: box.y0 + y0, x1: box.x1 + x0, y1: box.y1 + y0 });
      return { ...part, x0: part.x0 - x0, y0: part.y0 - y0 };
    },
    close: () => {},
  };
}

/** Whether the box reaches an edge of the tile inside the picture. */
function isCut(box: Box, tile: Box, picture: Size): boolean {
  const near = EDGE * Math.max(box.x1 - box.x0, box.y1 - box.y0);
  return (
    (tile.x0 > 0 && box.x0 - tile.x0 < near) ||
    (tile.y0 > 0 && box.y0 - tile.y0 < near) ||
    (tile.x1 < picture.width && tile.x1 - box.x1 < near) ||
    (tile.y1 < picture.height && tile.y1 - box.y1 < near)
  );
}

/** A face found by one search: of the whole picture (0) or of a tile. `cut`: it may be only part of a face. */
interface Found {
  readonly face: Detection;
  readonly cut: boolean;
  readonly search: number;
}

/**
 * Each face once, most probable first; faces that a tile's edge may have cut give way to other finds of the same face. Faces
 * of one search all stay, however near to each other: the detector has distinguished them.
 */
function once(all: readonly Found[]): Detection[] {
  const kept: Found[] = [];
  for (const one of all.toSorted((a, b) => Number(a.cut) - Number(b.cut) || b.face.score - a.face.score)) {
    const isNew = kept.every(({ face, search }) => search === one.search || !isSameFace(face.box, one.face.box));
    if (isNew) kept.push(one);
  }
  return kept.map(({ face }) => face).sort((a, b) => b.score - a.score);
}

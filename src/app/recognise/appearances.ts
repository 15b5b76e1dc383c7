import { csvFile } from '../shell/csv';

/** A face seen at a moment of a video. */
export interface Sighting {
  /** Seconds from the video's beginning. */
  readonly time: number;
  /** The track's number in this video. */
  readonly track: number;
  /** The person's name; null for an unknown face. */
  readonly name: string | null;
  readonly certainty: number | null;
}

/** A person in the picture from `start` to `end`, seconds. */
export interface Appearance {
  readonly name: string | null;
  /** The tracks in order of their start. */
  readonly tracks: readonly number[];
  readonly start: number;
  readonly end: number;
  /** Best of its sightings; null if none has one. */
  readonly certainty: number | null;
}

/**
 * Who is in the picture when. A track has the name of most of its sightings; a person's appearances at most `gap`
 * seconds apart are joined, unknown faces only within a track. `step`: seconds between searched frames, which a single
 * sighting lasts. Sorted by start.
 */
export function appearancesOf(sightings: readonly Sighting[], step: number, gap = 2): Appearance[] {
  const tracks = new Map<number, Sighting[]>();
  for (const sighting of sightings.toSorted((a, b) => a.time - b.time)) {
    const known = tracks.get(sighting.track);
    // In place, because a track may last for hours.
    if (known) known.push(sighting);
    else tracks.set(sighting.track, [sighting]);
  }
  const open = new Map<string, Appearance>();
  const all: Appearance[] = [];
  const spells = [...tracks].flatMap(([track, seen]) => spellsOf(track, seen, step, gap));
  for (const spell of spells.toSorted((a, b) => a.start - b.start)) {
    const key = spell.name === null ? `track ${spell.tracks[0]!}` : `name ${spell.name}`;
    const before = open.get(key);
    if (before && spell.start - before.end <= gap) {
      const joined = join(before, spell);
      all[all.indexOf(before)] = joined;
      open.set(key, joined);
    } else {
      all.push(spell);
      open.set(key, spell);
    }
  }
  return all;
}

/** A track's appearances under the name of most of its sightings; ties are unknown. */
function spellsOf(track: number, seen: readonly Sighting[], step: number, gap: number): Appearance[] {
  const votes = new Map<string | null, number>([[null, 0]]);
  for (const { name } of seen) votes.set(name, (votes.get(name) ?? 0) + 1);
  const [name] = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best));
  const spells: Appearance[] = [];
  for (const sighting of seen) {
    const certainty = sighting.name === name ? sighting.certainty : null;
    const one = { name, tracks: [track], start: sighting.time, end: sighting.time + step, certainty };
    const last = spells.at(-1);
    if (last && one.start - last.end <= gap) spells[spells.length - 1] = join(last, one);
    else spells.push(one);
  }
  return spells;
}

function join(a: Appearance, b: Appearance): Appearance {
  const certainties = [a.certainty, b.certainty].filter((each) => each !== null);
  return {
    name: a.name,
    tracks: [...new Set([...a.tracks, ...b.tracks])],
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    certainty: certainties.length === 0 ? null : Math.max(...certainties),
  };
}

/** 3723.5 → “01:02:03.500”: WebVTT's timestamp. */
export function timestamp(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const hours = two(ms / 3_600_000);
  return `${hours}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** For display: tenths of a second, hours only if needed. */
export function clock(seconds: number): string {
  return timestamp(seconds).slice(0, 10).replace(/^00:/, '');
}

/** A line per appearance: name (empty for unknown), start and end in seconds, certainty. */
export function appearancesCsv(appearances: readonly Appearance[]): string {
  const rows = appearances.map(({ name, start, end, certainty }) => [
    name ?? '',
    { plain: start.toFixed(3) },
    { plain: end.toFixed(3) },
    { plain: certainty === null ? '' : certaintyOf(certainty) },
  ]);
  return csvFile(['name', 'start', 'end', 'certainty'], rows);
}

/** WebVTT with a cue per appearance; names are escaped. */
export function appearancesVtt(appearances: readonly Appearance[]): string {
  const cues = appearances.map(
    ({ name, start, end }) => `${timestamp(start)} --> ${timestamp(end)}\n${vttText(name ?? 'Unknown')}\n`,
  );
  return ['WEBVTT\n', ...cues].join('\n');
}

/** Rounded down, so that nothing is ever called certain. */
function certaintyOf(certainty: number): string {
  return Math.min(0.9999, Math.floor(certainty * 1e4) / 1e4).toFixed(4);
}

/** A line break would end the cue, and “-->” is not allowed within one. */
function vttText(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(/[\r\n]+/g, ' ');
}

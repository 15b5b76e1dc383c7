import type { LiveRow } from './live/report';

export interface Row {
  readonly median: number;
  readonly min: number;
  readonly unit: string;
}

export interface Report {
  /** Of live recognition, ours and our peers'. */
  readonly live: readonly LiveRow[];
  readonly machine: Readonly<Record<string, string | number>>;
  /** The WebGPU adapter's name; null where there is none. */
  readonly adapter: string | null;
  readonly rows: Readonly<Record<string, Row>>;
  readonly ratios: readonly Ratio[];
  /** What the outputs were checked to be before anything was timed, and why a row is missing. */
  readonly notes: readonly string[];
}

export interface Ratio {
  readonly row: string;
  readonly peer: string;
  readonly limit: number;
  readonly value: number;
  readonly reached: boolean;
}

/** How fast we mean to be beside each peer, or beside our own network, measured in the same run. */
const GOALS = [
  { row: 'detect.vga.20', peer: 'network.float32.b1', limit: 0.8 },
  { row: 'detect.vga.40', peer: 'network.float32.b1', limit: 0.3 },
  { row: 'detect.vga.80', peer: 'network.float32.b1', limit: 0.15 },
  { row: 'network.float32.b1', peer: 'peer.onnxruntime.b1', limit: 0.3 },
  { row: 'network.int8.b1', peer: 'peer.onnxruntime.b1', limit: 0.13 },
  { row: 'picture.vga.6faces', peer: 'peer.faceapi.vga.6faces', limit: 0.33 },
] as const;

export function summarise(samples: readonly number[], unit: string): Row {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median: round(median), min: round(sorted[0]!), unit };
}

/** The goals whose two rows are both there. */
export function ratiosOf(rows: Readonly<Record<string, Row>>): Ratio[] {
  return GOALS.flatMap(({ row, peer, limit }) => {
    const [ours, theirs] = [rows[row], rows[peer]];
    if (!ours || !theirs) return [];
    const value = round(ours.median / theirs.median);
    return [{ row, peer, limit, value, reached: value <= limit }];
  });
}

export function table({ machine, adapter, rows, ratios, notes }: Omit<Report, 'live'>): string {
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  const line = (name: string, median: string, min: string, unit: string) =>
    `${name.padEnd(width)}  ${median.padStart(8)}  ${min.padStart(8)}  ${unit}`;
  return [
    `${Object.values(machine).join(', ')}; WebGPU adapter: ${adapter ?? 'none'}`,
    '',
    line('', 'median', 'min', ''),
    ...Object.entries(rows).map(([name, { median, min, unit }]) => line(name, median.toFixed(1), min.toFixed(1), unit)),
    '',
    ...ratios.map(
      ({ row, peer, limit, value, reached }) =>
        `${row} / ${peer} = ${value.toFixed(3)} (goal: ${limit} at most, ${reached ? 'reached' : 'missed'})`,
    ),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

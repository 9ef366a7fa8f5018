/** Numbers as people read them. Pure text; English. */

/** 12 345 678 with thin spaces between thousands. */
export function showCount(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** A percentage with two digits that count: 1.6 %, 0.082 %, 12 %. */
export function showPercent(p: number): string {
  if (p === 0) return '0 %';
  return `${p >= 10 ? p.toFixed(0) : p >= 1 ? p.toFixed(1) : p.toPrecision(2)} %`;
}

/** A duration in the two largest units: 0.4 s, 12 s, 3 min 20 s, 1 h 5 min. */
export function showSeconds(s: number): string {
  if (!Number.isFinite(s) || s < 0) return '–';
  if (s < 9.95) return `${s.toFixed(1)} s`;
  if (s < 59.5) return `${Math.round(s)} s`;
  const whole = Math.round(s);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Milliseconds below a second, else seconds. */
export function showMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : showSeconds(ms / 1000);
}

/** A score with three digits (and a true minus), or a dash where there is none. */
export function showScore(x: number | null): string {
  return x === null || !Number.isFinite(x) ? '–' : x.toFixed(3).replace('-', '−');
}

/** A difference with its sign (a true minus); a dash where one side is missing. */
export function showChange(before: number | null, after: number | null): string {
  if (before === null || after === null) return '–';
  const d = after - before;
  return `${d < 0 ? '−' : '+'}${Math.abs(d).toFixed(3)}`;
}

/**
 * Seconds left after `done` of `total` parts, from the pace of the last parts. `times` are moments in ms at which parts
 * were finished, the first being the start. Null before the second part: the first one tells nothing (it compiles).
 */
export function secondsLeft(times: readonly number[], done: number, total: number): number | null {
  if (times.length < 3) return null;
  const recent = times.slice(-9);
  const pace = (recent[recent.length - 1] - recent[0]) / (recent.length - 1);
  return ((total - done) * pace) / 1000;
}

/** Bytes in the unit that leaves one to three digits: 512 B, 43 MiB, 1.9 GiB. */
export function showBytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const k = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(n) / 10));
  const value = n / 1024 ** k;
  return `${value >= 10 || k === 0 ? Math.round(value) : value.toFixed(1)} ${units[k]}`;
}

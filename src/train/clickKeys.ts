import type { TrainConfig } from './trainConfig';

/** A number below 2³² that depends on all parts and nothing else (lowbias32 by Chris Wellons, chained). */
export function mix(...parts: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = (h ^ part) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
    h = (h ^ (h >>> 16)) >>> 0;
  }
  return h;
}

/** Inputs `clicks.K` of random correcting clicks: a key for each of `rows` rows in each round, by seed and batch number. */
export function clickKeys(
  config: Pick<TrainConfig, 'click' | 'rounds' | 'seed'>,
  rows: number,
  batch: number,
): Record<string, Uint32Array<ArrayBuffer>> {
  if (config.click !== 'random') return {};
  const keys = (k: number) => Uint32Array.from({ length: rows }, (_, row) => mix(config.seed, 1, batch, k, row));
  return Object.fromEntries(Array.from({ length: config.rounds }, (_, k) => [`clicks.${k}`, keys(k)]));
}

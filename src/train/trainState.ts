import type { Layout } from '../nn/params';

/** Everything a training run continues from, bit for bit. What a step does depends on nothing else but its number and the configuration. */
export interface TrainState {
  /** Steps done. */
  readonly step: number;
  /** The flat vectors: parameters and both moments of Adam. */
  readonly p: Float32Array<ArrayBuffer>;
  readonly m: Float32Array<ArrayBuffer>;
  readonly v: Float32Array<ArrayBuffer>;
  /** Names, offsets and lengths of the parameters within them. */
  readonly layout: string;
}

/** The text that says what stands where in the flat vectors: states fit models whose texts agree. */
export function layoutText(layout: Layout): string {
  return layout.slots.map((s) => `${s.name}@${s.offset}+${s.length}`).join('\n');
}

/** Throws, with the first difference, unless `state` belongs to a model with `layout`. */
export function checkState(state: TrainState, layout: Layout): void {
  const mine = layoutText(layout).split('\n');
  const other = state.layout.split('\n');
  const at = mine.findIndex((line, i) => line !== other[i]);
  if (at >= 0 || mine.length !== other.length) {
    const i = at >= 0 ? at : mine.length;
    throw new Error(
      `resume: the saved state belongs to another model or adapter: its parameter ${i} is ${other[i] ?? 'missing'}, here it is ${mine[i] ?? 'missing'}; resume with the options of the first run`,
    );
  }
  for (const key of ['p', 'm', 'v'] as const) {
    if (state[key].length !== layout.total) {
      throw new Error(
        `resume: ${key} has ${state[key].length} values, expected ${layout.total}; the saved state is damaged`,
      );
    }
  }
  if (!Number.isSafeInteger(state.step) || state.step < 0) {
    throw new Error(`resume: step ${state.step} is no whole number; the saved state is damaged`);
  }
}

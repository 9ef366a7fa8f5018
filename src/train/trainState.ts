import type { Layout } from '../nn/params';

/** Everything a training run continues from, bit for bit. What a step does depends on nothing else but its number and the configuration. */
export interface TrainState {
  /** Steps done. */
  readonly step: number;
  /** The flat vector of parameters. */
  readonly p: Float32Array<ArrayBuffer>;
  /** Beside it, by name: moments of the optimiser, moving average, states of adapters. */
  readonly vectors: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  /** Names, offsets and lengths of the parameters within `p`. */
  readonly layout: string;
}

/** The text that says what stands where in the flat vectors: states fit models whose texts agree. */
export function layoutText(layout: Layout): string {
  return layout.slots.map((s) => `${s.name}@${s.offset}+${s.length}`).join('\n');
}

/** Throws, with the first difference, unless `state` belongs to a model with `layout` and vectors of these `lengths` by name. */
export function checkState(state: TrainState, layout: Layout, lengths: ReadonlyMap<string, number>): void {
  const mine = layoutText(layout).split('\n');
  const other = state.layout.split('\n');
  const at = mine.findIndex((line, i) => line !== other[i]);
  if (at >= 0 || mine.length !== other.length) {
    const i = at >= 0 ? at : mine.length;
    throw new Error(
      `resume: the saved state belongs to another model or adapter: its parameter ${i} is ${other[i] ?? 'missing'}, here it is ${mine[i] ?? 'missing'}; resume with the options of the first run`,
    );
  }
  const names = Object.keys(state.vectors).sort();
  const wanted = [...lengths.keys()].sort();
  if (names.join() !== wanted.join()) {
    throw new Error(
      `resume: the saved state has ${names.join(', ') || 'nothing'} beside the parameters, expected ${wanted.join(', ')}; resume with the optimiser, ema and adapter of the first run`,
    );
  }
  for (const [key, length] of new Map([['p', layout.total], ...lengths])) {
    const vector = key === 'p' ? state.p : state.vectors[key];
    if (vector.length !== length) {
      throw new Error(`resume: ${key} has ${vector.length} values, expected ${length}; the saved state is damaged`);
    }
  }
  if (!Number.isSafeInteger(state.step) || state.step < 0) {
    throw new Error(`resume: step ${state.step} is no whole number; the saved state is damaged`);
  }
}

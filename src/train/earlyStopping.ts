/** The look at the cases held back with the highest mean Dice so far. */
export interface BestStep {
  readonly step: number;
  readonly dice: number;
}

/** Where early stopping stands; plain data, saved with a run. */
export interface Patience {
  /** Step of the last look. */
  readonly step: number;
  readonly best: BestStep | null;
  /** Looks since the best one. */
  readonly waited: number;
}

/** Before the first look. */
export const PATIENCE_START: Patience = { step: 0, best: null, waited: 0 };

/**
 * After a look that gave `dice` at `step`: of equal ones the earliest is the best. A look that was counted already (a checkpoint that is
 * told again after a lost device) changes nothing.
 */
export function afterLook(p: Patience, step: number, dice: number): Patience {
  if (step <= p.step) return p;
  if (p.best === null || dice > p.best.dice) return { step, best: { step, dice }, waited: 0 };
  return { step, best: p.best, waited: p.waited + 1 };
}

/** True when `patience` looks in a row brought nothing; null waits for ever. */
export function isExhausted({ waited }: Patience, patience: number | null): boolean {
  return patience !== null && waited >= patience;
}

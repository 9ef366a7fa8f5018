import type { Ticket } from '../plan/step';

/** What one step gave. */
export interface StepResult {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly loss: number;
  /** Norm of the gradient before clipping; no finite number in a skipped step. */
  readonly norm: number;
  readonly lr: number;
  /** Where gradients are kept in 16 bits: the factor on the loss, and whether the step was skipped because a gradient was too large with it. */
  readonly scaling?: { readonly scale: number; readonly skipped: boolean };
}

/** The results of the run behind `ticket`; `scaled`: with those of loss scaling. */
export async function readResult(
  ticket: Ticket,
  at: Pick<StepResult, 'step' | 'lr'>,
  scaled: boolean,
): Promise<StepResult> {
  const names = scaled ? ['loss', 'norm', 'scaling'] : ['loss', 'norm'];
  const [[loss], [norm], state] = await Promise.all(names.map((n) => ticket.read(n)));
  const result = { ...at, loss, norm };
  return state ? { ...result, scaling: { scale: state[0], skipped: state[1] === 1 } } : result;
}

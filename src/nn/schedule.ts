/**
 * Learning-rate schedules as pure functions: rate of step t = 0, 1, 2, … They hold no state, so resuming needs only t.
 */
export type Schedule = (t: number) => number;

/** The same rate always. */
export function constantRate(lr: number): Schedule {
  return () => lr;
}

/** lr · gamma^⌊t / every⌋. Source: torch.optim.lr_scheduler.StepLR. */
export function stepRate(lr: number, every: number, gamma: number): Schedule {
  positive('stepRate', 'every', every);
  return (t) => lr * gamma ** Math.floor(t / every);
}

/** lr · gamma^(number of milestones ≤ t). Source: torch.optim.lr_scheduler.MultiStepLR. */
export function multistepRate(lr: number, milestones: readonly number[], gamma: number): Schedule {
  return (t) => lr * gamma ** milestones.filter((m) => m <= t).length;
}

/** lr · gamma^t. Source: torch.optim.lr_scheduler.ExponentialLR. */
export function exponentialRate(lr: number, gamma: number): Schedule {
  return (t) => lr * gamma ** t;
}

/** lr times a factor that goes linearly from `start` to `end` in `steps` steps and stays. Source: torch.optim.lr_scheduler.LinearLR. */
export function linearRate(lr: number, start: number, end: number, steps: number): Schedule {
  positive('linearRate', 'steps', steps);
  return (t) => lr * (start + (end - start) * Math.min(t / steps, 1));
}

/**
 * Half a cosine from lr down to `min` at step `steps`, then `min`; before it `warmup` steps that rise linearly from
 * lr/(warmup+1). Source: torch.optim.lr_scheduler.CosineAnnealingLR (without warm-up).
 */
export function cosineRate(lr: number, steps: number, min = 0, warmup = 0): Schedule {
  if (!(steps > warmup) || warmup < 0)
    throw new Error(`cosineRate: expected 0 ≤ warmup < steps, got warmup ${warmup}, steps ${steps}`);
  return (t) => {
    if (t < warmup) return (lr * (t + 1)) / (warmup + 1);
    const phase = Math.min((t - warmup) / (steps - warmup), 1);
    return min + ((lr - min) * (1 + Math.cos(Math.PI * phase))) / 2;
  };
}

function positive(where: string, name: string, value: number): void {
  if (!(value > 0)) throw new Error(`${where}: ${name} must be positive, got ${value}`);
}

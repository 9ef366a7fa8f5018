import type { Step, Ticket } from '../plan/step';
import type { HostArray } from '../tensor/tensor';

/** Runs `step` with those of `inputs` that it has: what a graph does not need is no input of it. */
export function feed(step: Step, inputs: Readonly<Record<string, HostArray>>): Ticket {
  const known = new Set(step.plan.inputs.map((i) => i.leaf!.name));
  return step.run(Object.fromEntries(Object.entries(inputs).filter(([name]) => known.has(name))));
}

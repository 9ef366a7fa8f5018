import type { Step } from '../plan/step';
import type { Task } from './benchWorkloads';

/** An engine on the bench page: it has opened a device of its own. */
export interface Engine {
  /** Null where the engine has no such op or cannot train. */
  build(task: Task): Promise<Built | null>;
  /** The same of plain operators, for when what `build` gave was wrong; null where that is no different. */
  buildPlain?(task: Task): Promise<Built | null>;
}

/** A workload that is ready to run. */
export interface Built {
  /** One step with all its inputs on the GPU; resolves when the GPU has finished it. */
  run(): Promise<unknown>;
  /** The result of a forward task (torch's layout), or the losses of the first steps of a training task. */
  check(): Promise<Float32Array>;
  /** Frees what it holds. */
  free?(): Promise<void>;
}

/** A workload of our engine: what it compiled can be looked at. */
export interface OwnBuilt extends Built {
  readonly step: Step;
  /** Frees the step and the weights. */
  free(): Promise<void>;
}

/** Tokens from which on a step may take half a minute: two losses are compared then (the second knows the gradient), else four. */
const LONG = 512;

/** Losses of the first steps on so many tokens, by a step that returns its loss. */
export async function firstLosses(step: () => Promise<number>, tokens = 0): Promise<Float32Array> {
  const out = new Float32Array(tokens < LONG ? 4 : 2);
  for (let i = 0; i < out.length; i++) out[i] = await step();
  return out;
}

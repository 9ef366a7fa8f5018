// A batch of scenes to be drawn on the GPU: what the CPU has to say for it, a few kilobytes a scene. The counterpart of sceneBatch.ts.
import { ASK } from '../ops/scenes';
import { rng } from './rng';
import { type PromptKind, promptTokens, type SceneBatchOptions } from './sceneBatch';
import { planScene } from './scenePlan';
import { sceneWords } from './sceneWords';

/** Inputs of a step that draws its own scenes: see `drawScenes` and `scenePrompts`. */
export interface SceneOrder {
  /** [B, SCENE.words]. */
  readonly words: Uint32Array;
  /** [B·K, 4]. */
  readonly ask: Uint32Array;
}

/**
 * Order number `index` of `seed`: the same words on every machine. Its scenes are those of the CPU's batch of that number where the
 * difficulties are equal; these and the prompts have random numbers of their own, since the CPU's depend on pixels.
 */
export function sceneOrder(seed: number, index: number, o: SceneBatchOptions): SceneOrder {
  promptTokens(o.kinds);
  const { size, batch, objects } = o;
  const random = rng(seed, 'sceneOrder', index);
  const ask = new Uint32Array(4 * batch * objects);
  const plans = Array.from({ length: batch }, (_, b) => {
    const plan = planScene(seed, index * batch + b, { size, difficulty: o.difficulty(random) });
    const from = random.u32();
    for (let row = b * objects; row < (b + 1) * objects; row++) {
      ask.set([askFor(random.pick(o.kinds), random.chance(0.5)), random.u32(), random.u32(), from], 4 * row);
    }
    return plan;
  });
  return { words: sceneWords(plans), ask };
}

function askFor(kind: PromptKind, onto: boolean): number {
  if (kind === 'points') return onto ? ASK.onto : ASK.beside;
  return ASK[kind];
}

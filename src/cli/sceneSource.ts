import type { SceneBatch } from '../data/sceneBatch';
import type { Round } from '../data/sceneClicks';
import { type SceneOrder, sceneOrder } from '../data/sceneOrder';
import type { HostArray } from '../tensor/tensor';
import { difficultyOf, openScenePool, type SceneJob } from './scenePool';

/** Who draws the scenes of a run. */
export type SceneDrawer = 'cpu' | 'gpu';

/** New scenes: what a step is fed for them. */
export interface FreshScenes {
  /** Inputs that stay the same over all rounds of these scenes. */
  readonly inputs: Readonly<Record<string, HostArray>>;
  /** Prompts of the first round and the targets; null where the step makes them itself and must be asked. */
  readonly known: (Pick<Round, 'points' | 'labels'> & Pick<SceneBatch, 'target'>) | null;
}

/** Gives the scenes of jobs. */
export interface SceneSource {
  take(job: SceneJob): Promise<FreshScenes>;
  /** Says that this job will be asked for soon. */
  ahead(job: SceneJob): void;
  /** Jobs that are worth asking for ahead. */
  readonly depth: number;
  close(): void;
}

/** Scenes drawn in other processes, or in the step itself, for which nothing need be asked ahead: planning a batch takes a millisecond or two. */
export function openScenes(drawer: SceneDrawer): SceneSource {
  if (drawer === 'gpu')
    return { take: async (job) => ordered(orderJob(job)), ahead: () => {}, depth: 0, close: () => {} };
  const pool = openScenePool();
  return { ...pool, take: async (job) => drawn(await pool.take(job)) };
}

/** The order of a job. */
export function orderJob(job: SceneJob): SceneOrder {
  return sceneOrder(job.seed, job.index, { ...job, difficulty: difficultyOf(job) });
}

function ordered({ words, ask }: SceneOrder): FreshScenes {
  return { inputs: { words, ask }, known: null };
}

function drawn({ image, target, ids, pure, points, labels }: SceneBatch): FreshScenes {
  return { inputs: { image, target, ids, pure }, known: { points, labels, target } };
}

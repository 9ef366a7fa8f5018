import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Rng } from '../data/rng';
import { type PromptKind, type SceneBatch, sceneBatch } from '../data/sceneBatch';

/** What a batch is made of; plain data, so that it can be sent to another process. */
export interface SceneJob {
  readonly seed: number;
  readonly index: number;
  readonly size: number;
  readonly patch: number;
  readonly batch: number;
  readonly objects: number;
  readonly kinds: readonly PromptKind[];
  /** Difficulties are drawn evenly from 0..hardest. */
  readonly hardest: number;
}

/** Draws batches in other processes, ahead of the step that wants them. */
export interface ScenePool {
  /** The batch of a job; the same whoever draws it. */
  take(job: SceneJob): Promise<SceneBatch>;
  /** Says that this job will be asked for soon. */
  ahead(job: SceneJob): void;
  /** Jobs that are worth asking for ahead. */
  readonly depth: number;
  close(): void;
}

/** The batch of `job`, drawn here. */
export function drawJob(job: SceneJob): SceneBatch {
  return sceneBatch(job.seed, job.index, { ...job, difficulty: difficultyOf(job) });
}

/** How the difficulties of a job's scenes are drawn. */
export function difficultyOf({ hardest }: SceneJob): (random: Rng) => number {
  return (random) => random.uniform(0, hardest);
}

/** The command `scene-worker`, which a pool starts: answers each job that it is sent with its batch, pixels as bytes, until the parent goes away. */
export function serveScenes(): Promise<number> {
  return new Promise((done) => {
    process.on('message', (job: SceneJob) => {
      const b = drawJob(job);
      process.send?.({ index: job.index, batch: { ...b, image: Uint8Array.from(b.image) } });
    });
    process.on('disconnect', () => done(0));
  });
}

/**
 * A pool with a process per processor but one (none on a single processor: then batches are drawn here when asked for).
 * A process that dies rejects what it owed.
 */
export function openScenePool(count = availableParallelism() - 1): ScenePool {
  const workers = Array.from({ length: Math.min(24, Math.max(0, count)) }, startWorker);
  const jobs = new Map<string, Promise<SceneBatch>>();
  let turn = 0;
  const ask = (job: SceneJob): Promise<SceneBatch> => {
    const key = JSON.stringify(job);
    const found = jobs.get(key) ?? workers[turn++ % workers.length].draw(job);
    found.catch(() => {}); // told to whoever takes it
    jobs.set(key, found);
    return found;
  };
  return {
    depth: 2 * workers.length,
    ahead: (job) => {
      if (workers.length) ask(job);
    },
    async take(job) {
      if (!workers.length) return drawJob(job);
      const batch = await ask(job);
      jobs.delete(JSON.stringify(job));
      return batch;
    },
    close() {
      for (const w of workers) w.process.kill();
    },
  };
}

interface Worker {
  readonly process: ChildProcess;
  draw(job: SceneJob): Promise<SceneBatch>;
}

function startWorker(): Worker {
  const child = fork(process.argv[1], ['scene-worker'], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const owed: { give(b: SceneBatch): void; fail(e: Error): void }[] = [];
  // Answers come in the order of the questions.
  child.on('message', (answer: { batch: SceneBatch & { image: Uint8Array } }) =>
    owed.shift()?.give({ ...answer.batch, image: Float32Array.from(answer.batch.image) }),
  );
  child.on('exit', (code) => {
    for (const o of owed.splice(0)) o.fail(new Error(`scenes: a process that draws them ended with code ${code}`));
  });
  return {
    process: child,
    draw: (job) =>
      new Promise((give, fail) => {
        owed.push({ give, fail });
        child.send(job);
      }),
  };
}

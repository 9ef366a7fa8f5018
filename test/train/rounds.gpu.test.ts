// Correction rounds inside one graph against the same rounds made one by one on the host.
import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { interpolate } from '../../src/ops/resize';
import { slice } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { constant } from '../../src/tensor/tensor';
import { grid } from '../../src/train/metrics/grid';
import { nextClick } from '../../src/train/metrics/nextClick';
import { batchInputs, predictRounds, type RoundConfig } from '../../src/train/rounds';
import { batchArrays, fillBatch, shapeOf } from '../../src/train/trainItem';
import { QUICK, SIDE, tinyConfig, tinyItem, uploadedSam } from './tiny';

const gpu = await openGpu();
const sam = await uploadedSam(gpu);
const shape = shapeOf({ ...tinyConfig, batch: 2 }, sam.config);
const batch = batchArrays(shape);
fillBatch(batch, [tinyItem(1), tinyItem(4)], shape, sam.config.pixelMean);
const PLANE = SIDE * SIDE;

/** Logits, low logits and estimates of all rounds. */
async function inGraph(config: RoundConfig) {
  const step = await compile(
    gpu,
    () => {
      const rounds = predictRounds(sam, shape, batchInputs(shape), config);
      const named = rounds.flatMap((r, k) => Object.entries(r.chosen).map(([n, t]) => [`${n}.${k}`, t] as const));
      return { outputs: { ...Object.fromEntries(named), all: rounds[0].logits, ious: rounds[0].iou } };
    },
    QUICK,
  );
  const known = new Set(step.plan.inputs.map((t) => t.leaf!.name));
  step.run(Object.fromEntries(Object.entries(batch).filter(([n]) => known.has(n))));
  const read = (n: string) => step.read(n);
  const out = await Promise.all(
    Array.from({ length: config.rounds + 1 }, (_, k) => Promise.all([read(`logits.${k}`), read(`low.${k}`)])),
  );
  const more = [await read('all'), await read('ious')] as const;
  step.destroy();
  return { rounds: out.map(([logits, low]) => ({ logits, low })), all: more[0], ious: more[1] };
}

/** One prompt, decoded by itself. */
async function onHost(points: number[][], labels: number[][], masks: Float32Array | null): Promise<Float32Array> {
  const n = labels[0].length;
  const step = await compile(
    gpu,
    () => {
      const out = sam.decode(
        sam.encode(constant(batch.image, [2, 3, SIDE, SIDE])),
        {
          points: constant(points.flat(), [2, n, 2]),
          labels: constant(labels.flat(), [2, n]),
          masks: masks && constant(masks, [2, 1, SIDE / 2, SIDE / 2]),
          padding: false,
        },
        false,
      );
      return { outputs: { logits: interpolate(slice(out.masks, 1, 0, 1), [SIDE, SIDE], 'bilinear') } };
    },
    QUICK,
  );
  step.run();
  const logits = await step.read('logits');
  step.destroy();
  return logits;
}

const expectClose = (a: Float32Array, b: Float32Array) => {
  const size = Math.max(...b.map(Math.abs));
  expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]))) / size).toBeLessThan(1e-5);
};

for (const refine of [false, true]) {
  test(`a correction ${refine ? 'with' : 'without'} the mask before as prompt`, async () => {
    const { rounds } = await inGraph({ rounds: 1, click: 'center', refine, multimask: false });
    const points: number[][] = [];
    const labels: number[][] = [];
    for (let b = 0; b < 2; b++) {
      const part = (a: Float32Array) => a.slice(b * PLANE, (b + 1) * PLANE);
      const target = part(batch.target);
      // Only pixels of the image count.
      const pred = part(rounds[0].logits).map((v, i) => (v > 0 && target[i] >= 0 ? 1 : 0));
      const click = nextClick(
        pred,
        target.map((t) => (t > 0 ? 1 : 0)),
        grid([SIDE, SIDE]),
      )!;
      points.push([...batch.points.slice(4 * b, 4 * b + 4), click.x, click.y]);
      labels.push([...batch.labels.slice(2 * b, 2 * b + 2), click.label]);
    }
    const first = points.map((p) => p.slice(0, 4));
    expectClose(
      rounds[0].logits,
      await onHost(
        first,
        labels.map((l) => l.slice(0, 2)),
        null,
      ),
    );
    expectClose(rounds[1].logits, await onHost(points, labels, refine ? rounds[0].low : null));
  });
}

test('of three masks the one with the highest estimate goes on', async () => {
  const { rounds, all, ious } = await inGraph({ rounds: 0, click: 'center', refine: true, multimask: true });
  for (let b = 0; b < 2; b++) {
    const row = [...ious.slice(3 * b, 3 * b + 3)];
    const n = row.indexOf(Math.max(...row));
    const want = all.slice((3 * b + n) * PLANE, (3 * b + n + 1) * PLANE);
    expect(rounds[0].logits.slice(b * PLANE, (b + 1) * PLANE)).toEqual(want);
  }
});

test('without any prompt the first click comes with the padding point of an interactive session', async () => {
  const bare = { ...shape, points: 0 };
  const step = await compile(
    gpu,
    () => {
      const config: RoundConfig = { rounds: 1, click: 'center', refine: false, multimask: false };
      const rounds = predictRounds(sam, bare, batchInputs(bare), config);
      return { outputs: { first: rounds[0].logits, second: rounds[1].logits } };
    },
    QUICK,
  );
  step.run({ image: batch.image, target: batch.target });
  const [first, second] = [await step.read('first'), await step.read('second')];
  step.destroy();
  const clicks = [0, 1].map((b) => {
    const part = (a: Float32Array) => a.slice(b * PLANE, (b + 1) * PLANE);
    const target = part(batch.target);
    const pred = part(first).map((v, i) => (v > 0 && target[i] >= 0 ? 1 : 0));
    return nextClick(
      pred,
      target.map((t) => (t > 0 ? 1 : 0)),
      grid([SIDE, SIDE]),
    )!;
  });
  const points = clicks.map((c) => [c.x, c.y, 0, 0]);
  expectClose(
    second,
    await onHost(
      points,
      clicks.map((c) => [c.label, -1]),
      null,
    ),
  );
});

test('a mask prompt counts in the rows that have one', async () => {
  const m = 4 * sam.config.promptEncoder.imageEmbeddingSize[0];
  const masks = Float32Array.from({ length: 2 * m * m }, (_, i) => 5 * Math.sin(0.3 * i));
  const rows = { ...shape, maskSide: m };
  const arrays = batchArrays(rows);
  const items = [{ ...tinyItem(1), maskInput: masks.slice(0, m * m) }, tinyItem(4)];
  fillBatch(arrays, items, rows, sam.config.pixelMean);
  const step = await compile(
    gpu,
    () => {
      const config: RoundConfig = { rounds: 0, click: 'center', refine: false, multimask: false };
      return { outputs: { logits: predictRounds(sam, rows, batchInputs(rows), config)[0].logits } };
    },
    QUICK,
  );
  const { target: _, ...inputs } = arrays;
  step.run({ ...inputs });
  const got = await step.read('logits');
  step.destroy();
  const points = [0, 1].map((b) => [...arrays.points.slice(4 * b, 4 * b + 4)]);
  const labels = [0, 1].map((b) => [...arrays.labels.slice(2 * b, 2 * b + 2)]);
  expectClose(got.slice(0, PLANE), (await onHost(points, labels, masks)).slice(0, PLANE));
  expectClose(got.slice(PLANE), (await onHost(points, labels, null)).slice(PLANE));
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../data/safetensors';
import { sceneBatch } from '../data/sceneBatch';
import { compile } from '../plan/compile';
import { bindLeaf, readLeaf } from '../plan/leaves';
import { pretrainEval } from '../train/pretrainStep';
import { fixed, type Run, writeWhole } from './pretrainRun';

/** Takes the averaged weights, scores them on held-out scenes, and writes them. */
export async function finish(r: Run): Promise<void> {
  const { gpu, o, params, state } = r;
  bindLeaf(gpu, params.layout().flat!, await readLeaf(gpu, state.ema));
  const scores = await heldOut(r);
  console.log(JSON.stringify({ base: o.base, steps: r.step, heldOut: scores }));
  const data = await readLeaf(gpu, params.layout().flat!);
  const slots = new Map(params.layout().slots.map((s) => [s.name, s]));
  const tensors = [];
  for (const p of params.all()) {
    const slot = slots.get(p.name);
    const values = slot ? data.slice(slot.offset, slot.offset + slot.length) : await params.values(p.name);
    tensors.push({ name: p.name, dtype: 'F32', shape: p.shape, data: values as Float32Array<ArrayBuffer> });
  }
  const meta = {
    format: 'medsa-lab-base',
    base: o.base,
    imgSize: String(r.stage.size),
    patchSize: String(o.patch),
    recipe: JSON.stringify(fixed(o)),
    heldOut: JSON.stringify(scores),
  };
  const file = o.weights ?? join(o.out, `${o.base}.safetensors`);
  await writeWhole(file, writeSafetensors(tensors, meta));
  await writeFile(join(o.out, 'curve.jsonl'), r.curve.map((c) => JSON.stringify(c)).join('\n'));
  console.error(`wrote ${file}`);
}

/** Mean IoU on scenes of another seed, at three difficulties, per prompt kind: single mask, best of three, and by predicted score. */
async function heldOut(r: Run): Promise<Record<string, Record<string, number>>> {
  const { gpu, o } = r;
  const shape = { batch: r.stage.batch, objects: o.objects, tokens: 2, auxiliary: false };
  const step = await compile(gpu, pretrainEval(r.sam, shape));
  const out: Record<string, Record<string, number>> = {};
  for (const kind of ['point', 'box'] as const) {
    for (const difficulty of [0, 0.5, 1]) {
      const sums = { single: 0, bestOfThree: 0, byScore: 0 };
      let count = 0;
      for (let i = 0; i < Math.ceil(64 / r.stage.batch); i++) {
        const b = sceneBatch(900_001, i, { ...o, ...r.stage, kinds: [kind], difficulty: () => difficulty });
        step.run({ image: b.image, points: b.points, labels: b.labels, target: b.target });
        const [iou, predicted] = [await step.read('iou'), await step.read('predicted')];
        for (let at = 0; at < iou.length; at += 4) {
          const three = [1, 2, 3].map((k) => iou[at + k]);
          const score = [1, 2, 3].map((k) => predicted[at + k]);
          sums.single += iou[at];
          sums.bestOfThree += Math.max(...three);
          sums.byScore += three[score.indexOf(Math.max(...score))];
          count++;
        }
      }
      out[`${kind} difficulty ${difficulty}`] = Object.fromEntries(
        Object.entries(sums).map(([k, v]) => [k, Math.round((1000 * v) / count) / 1000]),
      );
    }
  }
  step.destroy();
  return out;
}

// Prompts while a run trains, on a tiny base and without a page: by the engine's own run desk and predictor.
import { afterAll, expect, test } from 'vitest';
import { parseRun } from '../../../src/app/configs';
import { type Base, buildBase, untrainedBase } from '../../../src/app/engine/base';
import { makeCases } from '../../../src/app/engine/cases';
import { type Desk, predictAt } from '../../../src/app/engine/decode';
import { type Drawer, memoryDrawer } from '../../../src/app/engine/drawer';
import { type Model, placeModel } from '../../../src/app/engine/model';
import { makePictures } from '../../../src/app/engine/picture';
import { makeRunDesk } from '../../../src/app/engine/runDesk';
import type { Which } from '../../../src/app/protocol';
import { openGpu } from '../../../src/gpu/device';
import { samConfig } from '../../../src/models/sam/config';
import { imageInfo } from '../cases';

const gpu = await openGpu();
afterAll(() => gpu.destroy());
const plan = { variants: { matmul: 'naive' } };
const base: Base = untrainedBase(samConfig('tiny', { imgSize: 32, patchSize: 8 }));
const baseModel = await placeModel(gpu, 'base', buildBase(base));
const info = imageInfo('photo', { dims: [24, 20, 1] });
const values = Uint8Array.from({ length: 3 * info.dims[0] * info.dims[1] }, (_, i) => (i * 7919) % 251);
const context = { signal: new AbortController().signal, progress() {} };

/** Runs on a drawer, and a person's clicks, as the engine brings them together. */
function desk(drawer: Drawer) {
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => {});
    return mine;
  };
  const cases = makeCases();
  cases.add(info.id, { info, values });
  const needs = { gpu: () => gpu, base: async () => base, cases, drawer: Promise.resolve(drawer), plan, turn: inTurn };
  const runs = makeRunDesk(needs);
  const clicks = {
    ...{ gpu, base, cases, pictures: makePictures(), views: { redraw() {}, proposals: null }, store: null },
    model: (which: Which) => (which === 'base' ? baseModel : runs.model()),
    inTurn: (which: Which, work: () => Promise<unknown>) =>
      inTurn(which === 'adapted' ? () => runs.atRest(work) : work),
    ...{ training: runs.busy, answered() {} },
  } as unknown as Desk;
  const prompt = { points: [{ x: 9, y: 8, label: 1 as const }], box: null, choice: null };
  const at = { case: info.id, plane: 'axial', slice: 0, window: [0, 255] } as const;
  let n = 0;
  const ask = async (which: Which) => {
    const { masks, iou } = await predictAt(clicks, { key: `${n++}`, at, which, prompt, multimask: true });
    return JSON.stringify([[...iou], masks.map((m) => [...m])]);
  };
  const begin = (only: number | null = null) => {
    const experiment = {
      ...{ adapters: ['bitfit'], checkpoint: 3, eval: { times: 1, surfaces: false }, output: { overlays: 0 } },
      data: { classes: ['ultrasound: nodule'], maxTrain: 3, maxVal: 1 },
      train: { steps: 9, batch: 2, warmup: 1, lr: 0.01, ema: 0.5 },
    };
    return runs.methods.adapt({ config: parseRun({ experiment }), source: { kind: 'made' }, only }, context);
  };
  return { runs, ask, begin };
}

const filesOf = async (drawer: Drawer, id: string) => {
  const bytes = async (path: string) => Buffer.from(await (await drawer.drawer(id).read(path))!.arrayBuffer());
  return [await bytes('metrics.jsonl'), await bytes('last.safetensors')];
};

test('clicks between steps get the masks of base and adapter as kept last, and training gives the same bits', async () => {
  const [quiet, busy] = [memoryDrawer(), memoryDrawer()];
  const alone = desk(quiet);
  const before = await alone.ask('base');
  const one = await alone.begin(3);
  // The adapter after three steps, while nothing trains.
  const atThree = await alone.ask('adapted');
  await alone.runs.methods.resume({ run: one.id, finish: false, only: null }, context);
  const atEnd = await alone.ask('adapted');
  alone.runs.leave(gpu, false);

  const asked = desk(busy);
  let going = true;
  const training = asked.begin().finally(() => {
    going = false;
  });
  const answers: { readonly which: Which; readonly model: Model | null; version: number; answer: string }[] = [];
  while (going) {
    await new Promise((next) => setTimeout(next, 1));
    const model = asked.runs.model();
    if (!model) continue;
    for (const which of ['base', 'adapted'] as const) {
      const version = model.version;
      const answer = await asked.ask(which);
      if (model.version === version) answers.push({ which, model, version, answer });
    }
  }
  const two = await training;
  expect(answers.filter((a) => a.which === 'base').every((a) => a.answer === before)).toBe(true);
  const first = answers[0].version;
  const at = (checkpoint: number) =>
    answers.filter((a) => a.which === 'adapted' && a.version === first + checkpoint).map((a) => a.answer);
  // Between the third and the sixth step it is the adapter of the third.
  expect(at(1).length).toBeGreaterThan(0);
  expect(new Set(at(1))).toEqual(new Set([atThree]));
  expect(await asked.ask('adapted')).toBe(atEnd);
  expect(atThree).not.toBe(atEnd);
  expect(await filesOf(busy, two.id)).toEqual(await filesOf(quiet, one.id));
  asked.runs.leave(gpu, false);
});

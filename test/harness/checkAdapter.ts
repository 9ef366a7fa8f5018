// What every adapter must keep, whatever it does: the model is unchanged at first where that is claimed, gradients go to
// the adapter's own parameters (and to those of the base that it says it trains) alone and are right, parameters survive a
// round trip by name, merged weights compute what the wrapped model does or merging is refused, the adapter attaches to
// every tiny backbone, and a pattern that matches nothing is an error that helps.
import { expect, test } from 'vitest';
import { type Adapter, type Attachment, attach } from '../../src/adapters/adapter';
import { foldedParams, mergedState } from '../../src/adapters/merge';
import { openCheckpoint } from '../../src/data/checkpoint';
import { tensorSource } from '../../src/data/keyMap';
import { writeSafetensors } from '../../src/data/safetensors';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { EFFICIENT_SAM_ROWS } from '../../src/models/efficientSam/config';
import { EfficientSam } from '../../src/models/efficientSam/efficientSam';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { DEPTH, provide } from '../../src/nn/context';
import { globOf, type Module } from '../../src/nn/module';
import { makeParams, type Params } from '../../src/nn/params';
import { loadParams, readParams, uploadParams } from '../../src/nn/paramsIo';
import { concat, reshape } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { readAll } from '../../src/plan/read';
import type { Shape } from '../../src/tensor/shape';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { gradientGraph, noise, slopeWithoutKinks } from './slope';

/** A small model that adapters are tried on. */
export interface Backbone {
  readonly name: string;
  build(params: Params): { readonly model: Module; run(x: Tensor): Tensor };
  readonly input: Shape;
}

/** The tiny configuration of every model family: image encoders, from pixels to the embedding. */
export const ENCODERS: readonly Backbone[] = [
  {
    name: 'sam tiny',
    input: [2, 3, 64, 64],
    build(params) {
      const sam = buildSam({ params }, samConfig('tiny'));
      return { model: sam, run: (x) => sam.image_encoder.call(x) };
    },
  },
  {
    name: 'efficient tiny',
    input: [2, 3, 64, 64],
    build(params) {
      const sam = new EfficientSam({ params, path: '' }, EFFICIENT_SAM_ROWS.efficient_tiny);
      return { model: sam, run: (x) => sam.image_encoder.call(x) };
    },
  },
];

/** Prompt encoders with mask decoders, from the embedding to all masks and IoUs; each row has a prompt of its own. */
export const DECODERS: readonly Backbone[] = [
  {
    name: 'sam tiny decoder',
    input: [2, 16, 4, 4],
    build(params) {
      const sam = buildSam({ params }, samConfig('tiny'));
      const points = constant([20, 30, 50, 8, 41, 22, 0, 0], [2, 2, 2], 'points');
      const labels = constant([1, 0, 1, -1], [2, 2], 'labels');
      const run = (x: Tensor) => {
        const { masks, iou } = sam.decode(x, { points, labels }, 'all');
        return concat([reshape(masks, [2, 4 * 16 * 16]), iou], 1);
      };
      return { model: sam, run };
    },
  },
];

/** The same of EfficientSAM: its transformer is SAM's, its prompts and the layers after it are not. */
export const EFFICIENT_DECODER: Backbone = {
  name: 'efficient tiny decoder',
  input: [2, 16, 4, 4],
  build(params) {
    const sam = new EfficientSam({ params, path: '' }, EFFICIENT_SAM_ROWS.efficient_tiny);
    const points = constant([20, 30, 50, 8, 41, 22, -1, -1], [2, 1, 2, 2], 'points');
    const labels = constant([1, 0, 1, -1], [2, 1, 2], 'labels');
    const run = (x: Tensor) => {
      const { masks, iou } = sam.predictMasks(x, points, labels, [64, 64], true);
      return concat([reshape(masks, [2, 3 * 16 * 16]), reshape(iou, [2, 3])], 1);
    };
    return { model: sam, run };
  },
};

let opened: Promise<Gpu> | null = null;
/** One device for all tests of a file: pipelines are compiled once. */
const sharedGpu = (): Promise<Gpu> => {
  opened ??= openGpu();
  return opened;
};

/** A backbone with random values in all parameters (position codes and tables start at zero otherwise). */
function build(b: Backbone, adapter: Adapter | null, pattern: string, depth: number) {
  const params = makeParams(3);
  const { model, run } = b.build(params);
  const attachment = adapter && attach(model, adapter, pattern);
  for (const p of params.all()) {
    if (p.adapter === null && !p.name.includes('norm'))
      params.setSource(p.name, async () => noise(p.shape, p.name, 0.2));
  }
  return { params, model, run: (x: Tensor) => provide(DEPTH, depth, () => run(x)), attachment };
}

/** Values for everything that trains that are not the initial ones. */
function shake(params: Params): void {
  for (const p of params.all()) {
    if (p.trainable) params.setSource(p.name, async () => noise(p.shape, `${p.name}!`, 0.3));
  }
}

/** Its own parameters, and those of the base that the attachment says it trains. */
function belongsTo({ adapter, trains }: Attachment, p: { readonly name: string; readonly adapter: string | null }) {
  return p.adapter === adapter || (p.adapter === null && trains.some((t) => globOf(t).test(p.name)));
}

/**
 * Registers the tests. `pattern` is where the adapter belongs in every backbone; `unused` matches parameters that the
 * forward pass does not touch; `depth` slices make a volume (1); `on` are the models to try it on (image encoders).
 */
export function checkAdapter(
  name: string,
  make: () => Adapter,
  options: {
    readonly pattern: string;
    readonly unused?: RegExp;
    readonly depth?: number;
    readonly on?: readonly Backbone[];
  },
): void {
  const { pattern, depth = 1, on = ENCODERS } = options;
  for (const b of on) {
    const x = () => constant(noise(b.input, 'x'), b.input);

    test(`${name} on ${b.name}: ${make().identityAtInit ? 'nothing changes at first' : 'attaches'}`, async () => {
      const gpu = await sharedGpu();
      const [plain, adapted] = [build(b, null, pattern, depth), build(b, make(), pattern, depth)];
      await uploadParams(plain.params, gpu);
      await uploadParams(adapted.params, gpu);
      const [y0] = await readAll(gpu, [plain.run(x())]);
      const [y1] = await readAll(gpu, [adapted.run(x())]);
      const error = Math.max(...y0.map((v, i) => Math.abs(v - y1[i])));
      if (make().identityAtInit) expect(error).toBeLessThan(1e-5);
      else expect(error).toBeGreaterThan(1e-3);
      expect(adapted.params.counts().trained).toBeGreaterThan(0);
    });

    test(`${name} on ${b.name}: gradients go to its own parameters, and are right`, async () => {
      const gpu = await sharedGpu();
      const { params, run, attachment } = build(b, make(), pattern, depth);
      shake(params);
      const trained = params.all().filter((p) => p.trainable);
      expect(trained.length).toBeGreaterThan(0);
      expect(trained.filter((p) => !belongsTo(attachment!, p))).toEqual([]);
      await uploadParams(params, gpu);
      const { slots } = params.layout();
      const step = await compile(gpu, () => gradientGraph(params, run(x())));
      step.run();
      const grads = new Map<string, Float32Array>();
      for (const s of slots) grads.set(s.name, await step.read(s.name));
      for (const [key, g] of grads)
        expect(Math.max(...g.map(Math.abs)) > 0, `gradient of ${key}`).toBe(!options.unused?.test(key));
      const { slope, predicted, at } = await slopeWithoutKinks(gpu, params, step, grads);
      expect(Math.abs(slope - predicted), `slope ${slope} over ±${at}, gradients say ${predicted}`).toBeLessThan(
        0.02 * Math.abs(predicted) + 0.05,
      );
      step.destroy();
    });

    test(`${name} on ${b.name}: parameters survive a round trip by name`, async () => {
      const gpu = await sharedGpu();
      const first = build(b, make(), pattern, depth);
      shake(first.params);
      await uploadParams(first.params, gpu);
      const own = first.params.all().filter((p) => p.trainable);
      const values = await readParams(
        first.params,
        gpu,
        own.map((p) => p.name),
      );
      const data = (n: string) => values.get(n) as Float32Array<ArrayBuffer>;
      const file = writeSafetensors(
        own.map((p) => ({ name: p.name, dtype: 'F32', shape: p.shape, data: data(p.name) })),
      );
      const second = build(b, make(), pattern, depth);
      const source = tensorSource((await openCheckpoint(file)).entries);
      loadParams(second.params, source, { only: (p) => p.trainable });
      await uploadParams(second.params, gpu);
      const [y0] = await readAll(gpu, [first.run(x())]);
      const [y1] = await readAll(gpu, [second.run(x())]);
      expect(y1).toEqual(y0);
    });

    test(`${name} on ${b.name}: merged weights compute the same, or merging is refused`, async () => {
      const gpu = await sharedGpu();
      const adapted = build(b, make(), pattern, depth);
      shake(adapted.params);
      const attachments = [adapted.attachment!];
      if (adapted.attachment!.folds.includes(null)) {
        expect(() => foldedParams(adapted.params, attachments)).toThrow(/cannot be merged; keep it attached/);
        return;
      }
      await uploadParams(adapted.params, gpu);
      const state = await mergedState(gpu, adapted.params, attachments);
      const plain = build(b, null, pattern, depth);
      for (const p of plain.params.all()) plain.params.setSource(p.name, async () => state.get(p.name)!);
      await uploadParams(plain.params, gpu);
      const [y0] = await readAll(gpu, [adapted.run(x())]);
      const [y1] = await readAll(gpu, [plain.run(x())]);
      const largest = y0.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      const error = y0.reduce((m, v, i) => Math.max(m, Math.abs(v - y1[i])), 0);
      expect(error).toBeLessThan(1e-5 * largest);
    });

    test(`${name} on ${b.name}: a pattern that matches nothing is an error with near names`, (context) => {
      if (!pattern) context.skip('it is attached to the whole model, which every pattern of it matches');
      const { model, params } = build(b, null, pattern, depth);
      const [word] = pattern.split('.').slice(-2);
      const wrong = pattern.replace(word, `${word.slice(0, -2)}${word.at(-1)}${word.at(-2)}`);
      expect(() => attach(model, make(), wrong)).toThrow(new RegExp(`no module.*matches.*near names: .*${word}`, 's'));
      expect(params.counts().adapters).toBe(0);
    });

    test(`${name} on ${b.name}: attaching twice is an error`, (context) => {
      const { model, attachment } = build(b, make(), pattern, depth);
      if (!attachment!.wrapped.length) context.skip('it wraps nothing');
      expect(() => attach(model, make(), pattern)).toThrow(/attached to .* already/);
    });
  }
}

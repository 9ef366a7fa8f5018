import * as v from 'valibot';
import { expect, test } from 'vitest';
import { attach, defineAdapter, widthOf } from '../../src/adapters/adapter';
import { medsa } from '../../src/adapters/medsa';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';

const tiny = () => buildSam({ params: makeParams() }, samConfig('tiny'));

test('options are completed and checked by name', () => {
  expect(medsa({ ratio: 1 / 16 }).config).toMatchObject({ ratio: 1 / 16, act: 'relu', scale: 0.5, init: 'zero' });
  expect(() => medsa({ ratio: -1 })).toThrow(/adapter medsa: ratio/);
  expect(() => medsa({ ratoi: 1 } as never)).toThrow(/adapter medsa: ratoi/);
  expect(() => medsa({ act: 'tanh' } as never)).toThrow(/adapter medsa: act/);
});

test('parameters: names, owner, nothing else trains', () => {
  const sam = tiny();
  const done = attach(sam, medsa(), 'image_encoder.blocks.*');
  const own = sam.params.all().filter((p) => p.adapter === 'medsa');
  expect(own.map((p) => p.name)).toContain('image_encoder.blocks.1.Space_Adapter.D_fc2.bias');
  expect(own).toHaveLength(2 * 8);
  expect(sam.params.all().filter((p) => p.trainable)).toEqual(own);
  expect(done.wrapped).toEqual(
    [0, 1].flatMap((i) => [`image_encoder.blocks.${i}.space_attn`, `image_encoder.blocks.${i}.mlp`]),
  );
  expect(sam.params.counts().adapters).toBe(2 * 2 * (2 * 16 * 4 + 4 + 16));
});

test('ViT-H with r = C/16: 13.19 M parameters, 2 % of the base', () => {
  const sam = buildSam({ params: makeParams() }, samConfig('vit_h'));
  attach(sam, medsa({ ratio: 1 / 16 }), 'image_encoder.blocks.*');
  const counts = sam.params.counts();
  expect(counts.trained).toBe(13_194_240);
  expect(counts.percent).toBeCloseTo(2.06, 2);
});

test('decoder and chosen parts train when asked', () => {
  const sam = tiny();
  attach(sam, medsa(), 'image_encoder.blocks.*', { train: 'decoder' });
  const rooms = new Set(sam.params.all().flatMap((p) => (p.trainable ? [p.name.split('.')[0]] : [])));
  expect([...rooms].sort()).toEqual(['image_encoder', 'mask_decoder']);
  expect(sam.params.get('image_encoder.neck.0.weight').trainable).toBe(false);
});

test('a place that the host does not have is an error, and nothing is attached', () => {
  const sam = tiny();
  expect(() => attach(sam, medsa(), 'mask_decoder')).toThrow(/no module below mask_decoder matches 'space_attn'/);
  expect(sam.params.counts().adapters).toBe(0);
});

test('a bottleneck without a channel is refused', () => {
  expect(() => attach(tiny(), medsa({ ratio: 0.01 }), 'image_encoder.blocks.*')).toThrow(
    /leaves no channel; raise ratio/,
  );
});

test('the width of a module that does not state it', () => {
  expect(() => widthOf(tiny().prompt_encoder)).toThrow(/prompt_encoder does not state the width/);
});

test('an adapter can sit at its host itself', () => {
  const sam = tiny();
  const none = defineAdapter('none', '', v.strictObject({}), () => ({
    identityAtInit: true,
    places: { '': () => (next, args) => next(...args) },
  }));
  expect(attach(sam, none(), 'image_encoder.blocks.0').wrapped).toEqual(['image_encoder.blocks.0']);
});

test('what an adapter trains of the base is meant below its hosts, and a later adapter does not take it back', () => {
  const sam = tiny();
  const biases = defineAdapter('biases', 'image_encoder.blocks.*', v.strictObject({}), () => ({
    identityAtInit: true,
    places: {},
    trains: ['**.bias'],
  }));
  const done = attach(sam, biases(), 'image_encoder.blocks.1');
  expect(done.trains).toEqual(['image_encoder.blocks.1.**.bias']);
  attach(sam, medsa());
  const trained = sam.params.all().filter((p) => p.trainable);
  expect(trained.filter((p) => p.adapter === null).map((p) => p.name)).toEqual(
    sam.params
      .all()
      .flatMap((p) => (/^image_encoder\.blocks\.1\..*\.bias$/.test(p.name) && !p.adapter ? [p.name] : [])),
  );
  expect(trained.some((p) => p.adapter === 'medsa')).toBe(true);
  const nothing = defineAdapter('nothing', 'image_encoder', v.strictObject({}), () => ({
    identityAtInit: true,
    places: {},
    trains: ['**.bais'],
  }));
  expect(() => attach(sam, nothing())).toThrow(/no parameter matches 'image_encoder\.\*\*\.bais'/);
});

test('hooks are made once per attachment, with its hosts', () => {
  const seen: string[][] = [];
  const watching = defineAdapter('watching', 'image_encoder.blocks.*', v.strictObject({}), () => ({
    identityAtInit: true,
    places: {},
    training: (hosts) => {
      seen.push(hosts.map((h) => h.path));
      return { state: [] };
    },
  }));
  expect(attach(tiny(), watching()).hooks.state).toEqual([]);
  expect(seen).toEqual([['image_encoder.blocks.0', 'image_encoder.blocks.1']]);
});

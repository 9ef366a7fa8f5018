import { expect, test } from 'vitest';
import { normal, ones, zeros } from '../../src/nn/init';
import { ALIGN, makeParams } from '../../src/nn/params';
import { trace } from '../../src/tensor/tensor';

function store() {
  const p = makeParams(7);
  p.declare({ name: 'a.weight', shape: [3, 5], init: normal(1) });
  p.declare({ name: 'a.bias', shape: [3], init: zeros });
  p.declare({ name: 'norm.weight', shape: [70], init: ones });
  p.declare({ name: 'pe', shape: [2, 4], init: normal(1), buffer: true });
  p.declare({ name: 'ad.weight', shape: [2, 3], init: normal(1), adapter: 'x', trainable: true });
  return p;
}

test('counts: buffers are none, percent is of the base', () => {
  const p = store();
  expect(p.counts()).toEqual({ trained: 6, base: 88, adapters: 6, total: 94, percent: 600 / 88 });
});

test('layout: decayed first, aligned slots, no overlap', () => {
  const p = store();
  p.train(() => true);
  const l = p.layout();
  expect(l.slots.map((s) => s.name)).toEqual(['a.weight', 'ad.weight', 'a.bias', 'norm.weight']);
  expect(l.slots.map((s) => s.offset)).toEqual([0, ALIGN, 2 * ALIGN, 3 * ALIGN]);
  expect(l.decayEnd).toBe(2 * ALIGN);
  expect(l.total).toBe(5 * ALIGN);
  expect(p.get('pe').trainable).toBe(false);
});

test('frozen parameters are leaves of their own, trainable ones views of the flat leaf', () => {
  const p = store();
  trace(() => {
    expect(p.tensor('a.weight').leaf?.name).toBe('a.weight');
    expect(p.tensor('a.weight')).toBe(p.tensor('a.weight'));
    const t = p.tensor('ad.weight');
    expect(t.shape).toEqual([2, 3]);
    expect(t.leaf).toBe(null);
    expect(t).toBe(p.tensor('ad.weight'));
  });
});

test('a fixed layout refuses changes until it is reopened', () => {
  const p = store();
  const { flat } = p.layout();
  expect(() => p.train(() => true)).toThrow(/layout was fixed/);
  expect(() => p.declare({ name: 'late', shape: [1], init: zeros })).toThrow(/late.*layout was fixed/);
  const leaf = p.leaf('a.bias');
  p.reopen();
  p.train((q) => q.name === 'a.weight');
  expect(p.layout().flat).not.toBe(flat);
  expect(p.leaf('a.bias')).toBe(leaf);
});

test('initial values depend on seed and name alone', async () => {
  const a = await store().values('a.weight');
  expect(await store().values('a.weight')).toEqual(a);
  const other = makeParams(8);
  other.declare({ name: 'a.weight', shape: [3, 5], init: normal(1) });
  expect(await other.values('a.weight')).not.toEqual(a);
  const alone = makeParams(7);
  alone.declare({ name: 'a.weight', shape: [3, 5], init: normal(1) });
  expect(await alone.values('a.weight')).toEqual(a);
});

test('names: taken, unknown, wrong length of loaded data', async () => {
  const p = store();
  expect(() => p.declare({ name: 'a.bias', shape: [1], init: zeros })).toThrow(/'a.bias' exists already/);
  expect(() => p.get('a.wieght')).toThrow(/a\.weight/);
  p.setSource('a.bias', async () => new Float32Array(4));
  await expect(p.values('a.bias')).rejects.toThrow(/4 values for shape \[3\]/);
});

import { expect, test } from 'vitest';
import { philox, rng, rngFrom } from '../../src/data/rng';

const hex = (words: ArrayLike<number>) => Array.from(words, (w) => w.toString(16).padStart(8, '0')).join(' ');

// Known-answer vectors of philox4x32-10 from the authors' Random123 distribution (kat_vectors).
test.each([
  ['00000000 00000000 00000000 00000000', [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const)('philox of counter %s is as published', (counter, [k0, k1], expected) => {
  const words = Uint32Array.from(counter.split(' '), (w) => Number.parseInt(w, 16));
  philox(words, k0, k1);
  expect(hex(words)).toBe(expected);
});

test('the same seed and stream give the same numbers, others do not', () => {
  const draw = (seed: number, ...stream: (number | string)[]) => {
    const r = rng(seed, ...stream);
    return Array.from({ length: 9 }, () => r.u32()).join();
  };
  expect(draw(1, 'a', 2)).toBe(draw(1, 'a', 2));
  const all = [
    draw(1),
    draw(2),
    draw(2 ** 32 + 1),
    draw(1, 'a'),
    draw(1, 'a', 2),
    draw(1, 'a2'),
    draw(1, 1, 2),
    draw(1, 12),
  ];
  all.push(draw(1, -1), draw(1, 2 ** 32), draw(1, '1'), draw(1, 'b'), draw(1, 2, 1));
  expect(new Set(all).size).toBe(all.length);
});

test('a saved state continues exactly, through JSON, at every position of a block', () => {
  for (let skip = 0; skip < 9; skip++) {
    const a = rng(5, 'x', 3);
    for (let i = 0; i < skip; i++) a.u32();
    const b = rngFrom(JSON.parse(JSON.stringify(a.state())));
    expect(b.state().counter).toBe(skip);
    for (let i = 0; i < 6; i++) expect(b.normal()).toBe(a.normal());
  }
});

test('the block number uses its high word beyond 2^34 draws', () => {
  const at = (counter: number) => rngFrom({ seed: 1, stream: [], counter }).u32();
  expect(at(2 ** 34)).not.toBe(at(0));
  expect(at(2 ** 40)).not.toBe(at(2 ** 34));
});

test('a fork is the longer stream and leaves its parent alone', () => {
  const parent = rng(3, 'a');
  expect(parent.fork('b', 1).u32()).toBe(rng(3, 'a', 'b', 1).u32());
  expect(parent.u32()).toBe(rng(3, 'a').u32());
});

test('uniform, normal, int and chance have the right distribution', () => {
  const r = rng(11, 'distribution');
  const n = 20000;
  let [sum, squares, third, fourth] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const v = r.normal();
    sum += v;
    squares += v * v;
    third += v ** 3;
    fourth += v ** 4;
  }
  expect(Math.abs(sum / n)).toBeLessThan(0.03);
  expect(Math.abs(squares / n - 1)).toBeLessThan(0.05);
  expect(Math.abs(third / n)).toBeLessThan(0.12);
  expect(Math.abs(fourth / n - 3)).toBeLessThan(0.3);
  const bins = new Array<number>(7).fill(0);
  for (let i = 0; i < 7000; i++) bins[r.int(2, 8) - 2]++;
  for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(150);
  let mean = 0;
  for (let i = 0; i < n; i++) {
    const v = r.uniform(-3, 5);
    expect(v >= -3 && v < 5).toBe(true);
    mean += v / n;
  }
  expect(Math.abs(mean - 1)).toBeLessThan(0.06);
  let hits = 0;
  for (let i = 0; i < n; i++) if (r.chance(0.2)) hits++;
  expect(Math.abs(hits / n - 0.2)).toBeLessThan(0.015);
});

test('shuffle gives every order about equally often and keeps its input', () => {
  const r = rng(4);
  const seen = new Map<string, number>();
  const list = [1, 2, 3];
  for (let i = 0; i < 6000; i++) {
    const order = r.shuffle(list).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(list).toEqual([1, 2, 3]);
  expect(seen.size).toBe(6);
  for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('bad seeds, streams, counters, ranges and lists are refused', () => {
  expect(() => rng(-1)).toThrow(/seed must be a whole number.*got -1/);
  expect(() => rng(0.5)).toThrow(/got 0.5/);
  expect(() => rng(Number.NaN)).toThrow(/got NaN/);
  expect(() => rng(1, 0.25)).toThrow(/stream number.*0.25/);
  expect(() => rngFrom({ seed: 1, stream: [], counter: -2 })).toThrow(/counter.*-2/);
  expect(() => rng(1).int(3, 2)).toThrow(/3\.\.2/);
  expect(() => rng(1).pick([])).toThrow(/empty/);
});

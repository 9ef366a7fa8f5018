import { expect, test } from 'vitest';
import { zeros } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { loadParams, showReport, type TensorSource } from '../../src/nn/paramsIo';

function store() {
  const p = makeParams();
  p.declare({ name: 'x.weight', shape: [2, 2], init: zeros });
  p.declare({ name: 'x.bias', shape: [2], init: zeros });
  return p;
}

function source(tensors: Record<string, number[]>, reads: string[] = []): TensorSource {
  return {
    names: () => Object.keys(tensors),
    has: (n) => n in tensors,
    shape: (n) => tensors[n],
    read: async (n) => {
      reads.push(n);
      return new Float32Array(tensors[n].reduce((a, b) => a * b, 1)).fill(3);
    },
  };
}

test('values are read when they are wanted, not when they are placed', async () => {
  const p = store();
  const reads: string[] = [];
  const report = loadParams(p, source({ 'x.weight': [2, 2], 'x.bias': [2] }, reads));
  expect(report.placed).toEqual(['x.weight', 'x.bias']);
  expect(reads).toEqual([]);
  expect([...(await p.values('x.bias'))]).toEqual([3, 3]);
  expect(reads).toEqual(['x.bias']);
});

test('strict: missing, unexpected and misshaped names are all told, and nothing is changed', async () => {
  const p = store();
  expect(() => loadParams(p, source({ 'x.weigth': [2, 2], 'x.bias': [3] }))).toThrow(
    /1 missing: x\.weight \(near: x\.weigth\)[\s\S]*1 unexpected: x\.weigth[\s\S]*x\.bias expected \[2\], found \[3\]/,
  );
  expect([...(await p.values('x.bias'))]).toEqual([0, 0]);
});

test('not strict: what fits is placed, the rest is reported', async () => {
  const p = store();
  const report = loadParams(p, source({ 'x.weight': [2, 2], y: [1] }), { strict: false });
  expect(report).toEqual({ placed: ['x.weight'], missing: ['x.bias'], unexpected: ['y'], misshaped: [] });
  expect(showReport(report)).toBe('1 placed\n1 missing: x.bias\n1 unexpected: y');
  expect([...(await p.values('x.weight'))]).toEqual([3, 3, 3, 3]);
});

test('only some parameters wanted', () => {
  const report = loadParams(store(), source({ 'x.bias': [2] }), { only: (p) => p.name === 'x.bias' });
  expect(report.placed).toEqual(['x.bias']);
});

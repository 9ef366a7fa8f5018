import { expect, test } from 'vitest';
import { readHalves } from '../../src/gpu/halves';
import type { Wgsl } from '../../src/gpu/wgsl';

const lines = [
  '@group(0) @binding(0) var<storage, read> a: array<vec4f>;',
  '@group(0) @binding(1) var<storage, read> x: array<f32>;',
  '@group(0) @binding(2) var<storage, read_write> y: array<f32>;',
  'fn one(i: u32) -> f32 {',
  '  return x[i + u32(x[0])] + a[i].x + b.a[i];',
  '}',
  'fn other(x: vec4f) -> f32 {',
  '  return x[1];',
  '}',
];
const wgsl: Wgsl = {
  code: lines.join('\n'),
  bindings: ['a', 'x', 'y'].map((name) => ({ name, writable: name === 'y' })),
  origin: lines.map((_, i) => `some.wgsl:${i + 1}`),
};

test('reads of a binding become calls that widen; other variables of its name stay', () => {
  const { code, origin } = readHalves(wgsl, ['a', 'x'], false);
  expect(code).toContain('var<storage, read> a: array<vec2u>;');
  expect(code).toContain('var<storage, read> x: array<u32>;');
  expect(code).toContain('return xWide(i + u32(xWide(0))) + aWide(i).x + b.a[i];');
  expect(code).toContain('return x[1];');
  expect(code).toContain('fn xWide(i: u32) -> f32 { return unpack2x16float(x[i >> 1u])[i & 1u]; }');
  expect(origin.length).toBe(code.split('\n').length);
  expect(origin[4]).toBe('some.wgsl:5');
});

test('with shader-f16 the type is f16, and the language is told first', () => {
  const { code, origin } = readHalves(wgsl, ['a'], true);
  expect(code.split('\n')[0]).toBe('enable f16;');
  expect(code).toContain('var<storage, read> a: array<vec4<f16>>;');
  expect(code).toContain('fn aWide(i: u32) -> vec4f { return vec4f(a[i]); }');
  expect(origin[5]).toBe('some.wgsl:5');
});

test('what cannot be read so is refused', () => {
  expect(() => readHalves(wgsl, ['y'], false)).toThrow('some.wgsl: y cannot be kept in 16 bits');
  const taken = { ...wgsl, code: `${wgsl.code}\nfn p() { let q = &x[0]; }` };
  expect(() => readHalves(taken, ['x'], false)).toThrow('address');
});

test('a kernel that declares f16 by itself is left as it is, beside bindings that are widened', () => {
  const own = { ...wgsl, code: wgsl.code.replace('a: array<vec4f>', 'a: array<f16>') };
  const { code } = readHalves(own, ['a', 'x'], true);
  expect(code).toContain('var<storage, read> a: array<f16>;');
  expect(code).toContain('a[i].x');
  expect(code).toContain('xWide(0)');
  expect(code).not.toContain('aWide');
});

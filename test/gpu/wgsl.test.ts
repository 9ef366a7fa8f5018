import { expect, test } from 'vitest';
import { specialise } from '../../src/gpu/wgsl';

const files: Record<string, string> = {
  'a.wgsl': `// formula
//#include lib.wgsl
const N: u32 = 1u;
const S: f32 = 0.0;
//#fixed
const HALF: u32 = N / 2u;
@group(0) @binding(0) var<storage, read> x: array<f32>;
//#if WIDE
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
//#else
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
//#endif
//#hook
fn value(i: u32) -> f32 {
  return x[i];
}
`,
  'lib.wgsl': '// lib\nfn two() -> f32 {\n  return 2.0;\n}',
  'gap.wgsl': '// f\n@group(0) @binding(1) var<storage, read> x: array<f32>;',
  'open.wgsl': '// f\n//#if A\nfn f() {}',
};
const source = (p: string) => files[p];
const good = { file: 'a.wgsl', consts: { N: 7, S: 0.5 } };

test('constants, includes, flags and hooks', () => {
  const narrow = specialise(good, source);
  expect(narrow.code).toContain('const N: u32 = 7u;');
  expect(narrow.code).toContain('const S: f32 = 0.5f;');
  expect(narrow.code).toContain('const HALF: u32 = N / 2u;');
  expect(narrow.code).toContain('fn two()');
  expect(narrow.code).toContain('y: array<f32>');
  expect(narrow.bindings).toEqual([
    { name: 'x', writable: false },
    { name: 'y', writable: true },
  ]);
  const wide = specialise(
    { ...good, flags: ['WIDE'], hooks: { value: 'fn value(i: u32) -> f32 {\n  return 9.0;\n}' } },
    source,
  );
  expect(wide.code).toContain('y: array<vec4f>');
  expect(wide.code).toContain('return 9.0;');
  expect(wide.code).not.toContain('return x[i];');
});

test('extra bindings come after the file’s own, and every line knows where it came from', () => {
  const w = specialise({ ...good, extras: [{ name: 'e0', type: 'f32' }] }, source);
  expect(w.bindings.map((b) => b.name)).toEqual(['x', 'y', 'e0']);
  expect(w.code).toContain('@binding(2) var<storage, read> e0: array<f32>;');
  const line = w.code.split('\n').findIndex((l) => l.includes('const N'));
  expect(w.origin[line]).toBe('a.wgsl:3');
});

test('negative numbers wrap in u32 constants: strides may run backwards', () => {
  expect(specialise({ file: 'a.wgsl', consts: { N: -1, S: 0 } }, source).code).toContain('const N: u32 = 4294967295u;');
});

test.each([
  [{ file: 'a.wgsl', consts: { N: 1 } }, /a\.wgsl:4: const S was given no value/],
  [{ file: 'a.wgsl', consts: { N: 1, S: 0, M: 2 } }, /there is no const M/],
  [{ file: 'a.wgsl', consts: { N: 1.5, S: 0 } }, /a\.wgsl:3: 1\.5 is no value for const N: u32/],
  [{ ...good, flags: ['NARROW'] }, /flag NARROW is tested by no/],
  [{ ...good, hooks: { other: 'fn other() {\n}' } }, /there is no \/\/#hook other/],
  [{ file: 'gap.wgsl' }, /gap\.wgsl:2: binding 1 where 0 was expected/],
  [{ file: 'open.wgsl', flags: ['A'] }, /open\.wgsl: \/\/#if without \/\/#endif/],
])('%j is refused with its place', (spec, message) => {
  expect(() => specialise(spec, source)).toThrow(message);
});

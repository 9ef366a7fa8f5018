// No device of the test machines has matrix units. Their three functions are therefore played in plain WGSL (every thread holds whole
// operands and its share of the result, 32 threads in a row are a subgroup), so that all that surrounds them is run and compared; their own syntax is not.
import { expect, test } from 'vitest';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { half } from '../../src/ops/half';
import { matmul } from '../../src/ops/matmul';
import { add } from '../../src/ops/pointwise';
import { transpose } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { planStep } from '../../src/plan/plan';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';

const gpu = await openGpu();
const units = ['subgroups', 'subgroup-size-32', 'shader-f16', 'workgroup-32k'];
const withUnits = [...units, 'matrix-f16-f32-16x16x16', 'matrix-f32-f32-8x8x8'];
const STAGED = `
fn playLeft(part: u32) -> Left {
  var x: Left;
  for (var i = 0u; i < RM * RK; i++) { x[i] = f32(tile_a[part][i % RK * RM + i / RK]); }
  return x;
}
fn playRight(part: u32) -> Right {
  var x: Right;
  for (var i = 0u; i < RK * RN; i++) { x[i] = f32(tile_b[part][i]); }
  return x;
}`;
const DIRECT = `
fn playLeft(at: u32, row: u32, column: u32) -> Left {
  var x: Left;
  for (var i = 0u; i < RM * RK; i++) {
    let j = at + i / RK * row + i % RK * column;
    x[i] = unpack2x16float(a[j >> 1u])[j & 1u];
  }
  return x;
}
fn playRight(at: u32, row: u32, column: u32) -> Right {
  var x: Right;
  for (var i = 0u; i < RK * RN; i++) {
    let j = at + i / RN * row + i % RN * column;
    x[i] = unpack2x16float(b[j >> 1u])[j & 1u];
  }
  return x;
}`;
const PLAYED = `
var<private> me: u32;
fn playProduct(l: Left, r: Right, s: Result) -> Result {
  var x = s;
  for (var i = 0u; i < RM * RN / 32u; i++) {
    let e = me * (RM * RN / 32u) + i;
    for (var k = 0u; k < RK; k++) { x[i] += l[e / RN * RK + k] * r[k * RN + e % RN]; }
  }
  return x;
}
fn playStore(part: u32, x: Result) {
  for (var i = 0u; i < RM * RN / 32u; i++) { done[part][me * (RM * RN / 32u) + i] = x[i]; }
}`;

function played(code: string): string {
  if (!code.includes('subgroup_matrix_left')) return code;
  return `${code
    .replace(/^(enable|diagnostic).*$/gm, '')
    .replace('alias Part = f16', 'alias Part = f32')
    .replace('subgroup_matrix_left<Part, RK, RM>', 'array<f32, RM * RK>')
    .replace('subgroup_matrix_right<Part, RN, RK>', 'array<f32, RK * RN>')
    .replace('subgroup_matrix_result<f32, RN, RM>', 'array<f32, RM * RN / 32u>')
    .replace(/subgroupMatrixLoad<Left, col_major>\(&tile_a\[(.*)\], 0u, RM\)/, 'playLeft($1)')
    .replace(/array<f16>/g, 'array<u32>')
    .replace(/subgroupMatrixLoad<(Left|Right), row_major>\(&[ab], (.*), (.*)\);/, 'play$1($2, $3, 1u);')
    .replace(/subgroupMatrixLoad<(Left|Right), row_major>\(&[ab], (.*), (.*)\);/, 'play$1($2, $3, 1u);')
    .replace(/subgroupMatrixLoad<(Left|Right), col_major>\(&[ab], (.*), (.*)\);/, 'play$1($2, 1u, $3);')
    .replace(/subgroupMatrixLoad<(Left|Right), col_major>\(&[ab], (.*), (.*)\);/, 'play$1($2, 1u, $3);')
    .replace(/subgroupMatrixLoad<Right, row_major>\(&tile_b\[(.*)\], 0u, RN\)/, 'playRight($1)')
    .replace('subgroupMatrixMultiplyAccumulate', 'playProduct')
    .replace(/subgroupMatrixStore<row_major>\(&done\[(.*)\], 0u, (.*), RN\)/, 'playStore($1, $2)')
    .replace(
      ', @builtin(subgroup_id) sid: u32, @builtin(subgroup_invocation_id) lane: u32) {',
      ') {\n  let sid = lid / 32u; let lane = lid % 32u;\n  me = lane;',
    )}${code.includes('tile_a') ? STAGED : DIRECT}${PLAYED}`;
}

/** The device, said to have matrix units. */
function playing(): Gpu {
  const device = new Proxy(gpu.device, {
    get(target, name) {
      if (name === 'createShaderModule')
        return (d: GPUShaderModuleDescriptor) => target.createShaderModule({ ...d, code: played(d.code) });
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...gpu, pipelines: new Map(), device, caps: { ...gpu.caps, features: withUnits } };
}

/** As 16 bits keep it. */
const rounded = (x: readonly number[], on: boolean) =>
  Float32Array.from(x, (v) => (on ? Math.round(v * 1024) / 1024 : v));

for (const [variant, m, k, n, ta, tb] of [
  ['matrix64x64staged-f16-16x16x16', 67, 76, 68, false, false],
  ['matrix64x64staged-f32-8x8x8', 68, 72, 69, true, true],
  ['matrix64x64direct4-f16-16x16x16', 80, 64, 80, false, false],
  ['matrix64x64direct4-f16-16x16x16', 80, 64, 80, true, true],
] as const) {
  test(`${variant}, ${m}×${k}·${k}×${n}, ${ta ? 'tt' : 'nn'}: edges, an epilogue; its own functions played`, async () => {
    const bits16 = variant.includes('f16');
    const [av, bv, bias] = [
      rounded(noise(m * k, 1), bits16),
      rounded(noise(k * n, 2), bits16),
      rounded(noise(n, 3), false),
    ];
    const stored = (x: Tensor) => (bits16 ? half(x) : x);
    const a = stored(constant(av, ta ? [k, m] : [m, k], 'a'));
    const b = stored(constant(bv, tb ? [n, k] : [k, n], 'b'));
    const y = add(matmul(ta ? transpose(a) : a, tb ? transpose(b) : b), constant(bias, [n], 'bias'));
    const options = { variants: { matmul: variant }, target: { software: false }, half: 'packed16' } as const;
    const step = await compile(playing(), () => ({ outputs: { y } }), options);
    step.run();
    const got = await step.read('y');
    expect(step.plan.list.filter((d) => d.op === 'matmul').map((d) => d.kernel.variant)).toEqual([variant]);
    step.destroy();
    let worst = 0;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let s = bias[j];
        for (let c = 0; c < k; c++) s += av[ta ? c * m + i : i * k + c] * bv[tb ? j * k + c : c * n + j];
        worst = Math.max(worst, Math.abs(got[i * n + j] - s));
      }
    expect(worst).toBeLessThan(2e-5);
  });
}

test('matrix units are never a guess, and of 16 bits only where both operands are stored so', () => {
  const variantsOf = (a16: boolean, b16: boolean, features: readonly string[]) => {
    const [a, b] = [constant(noise(64 * 64, 1), [64, 64], 'a'), constant(noise(64 * 64, 2), [64, 64], 'b')];
    const y = matmul(a16 ? half(a) : a, b16 ? half(b) : b);
    const plan = planStep({ outputs: { y } }, { ...gpu.caps, features }, { target: { software: false } });
    return plan.list.find((d) => d.op === 'matmul')!.question!.variants;
  };
  const both = variantsOf(true, true, withUnits);
  expect(both).toEqual(expect.arrayContaining(['matrix64x64staged-f16-16x16x16', 'matrix128x128direct4-f16-16x16x16']));
  expect(both[0]).not.toMatch(/^matrix/);
  expect(variantsOf(true, false, withUnits).filter((v) => v.includes('f16'))).toEqual([]);
  expect(variantsOf(false, false, withUnits)).toContain('matrix64x64staged-f32-8x8x8');
  expect(variantsOf(true, true, units).filter((v) => v.startsWith('matrix'))).toEqual([]);
});

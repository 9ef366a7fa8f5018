/**
 * The pointwise ops, one row each: WGSL of the value, WGSL of the derivatives (times the incoming gradient $g), and
 * the float64 reference that tests compare with. $a $b $c are operands, $y the result, $p $q constants from the attrs.
 */
export interface PointwiseRow {
  readonly f: string;
  /** Gradient of each operand; '0' where there is none. */
  readonly d: readonly string[];
  readonly ref: (a: number, b: number, c: number, p: number, q: number) => number;
  /** Files under shaders/ that define the functions used. */
  readonly includes?: readonly string[];
  /** Rough floating-point operations per element. */
  readonly cost?: number;
}

const ERF = ['lib/erf.wgsl'];
const MATH = ['lib/math.wgsl'];
const none = '0';

const rows = {
  add: { f: '($a + $b)', d: ['$g', '$g'], ref: (a, b) => a + b },
  sub: { f: '($a - $b)', d: ['$g', '(-$g)'], ref: (a, b) => a - b },
  mul: { f: '($a * $b)', d: ['($g * $b)', '($g * $a)'], ref: (a, b) => a * b },
  div: { f: '($a / $b)', d: ['($g / $b)', '(-$g * $y / $b)'], ref: (a, b) => a / b },
  maximum: {
    f: 'max($a, $b)',
    d: ['($g * share($a, $b))', '($g * share($b, $a))'],
    ref: (a, b) => Math.max(a, b),
    includes: MATH,
  },
  minimum: {
    f: 'min($a, $b)',
    d: ['($g * share($b, $a))', '($g * share($a, $b))'],
    ref: (a, b) => Math.min(a, b),
    includes: MATH,
  },
  where: {
    f: 'select($b, $a, $c != 0.0)',
    d: ['select(0.0, $g, $c != 0.0)', 'select($g, 0.0, $c != 0.0)', none],
    ref: (a, b, c) => (c !== 0 ? a : b),
  },
  greater: { f: 'select(0.0, 1.0, $a > $b)', d: [none, none], ref: (a, b) => (a > b ? 1 : 0) },
  equal: { f: 'select(0.0, 1.0, $a == $b)', d: [none, none], ref: (a, b) => (a === b ? 1 : 0) },
  greaterScalar: { f: 'select(0.0, 1.0, $a > $p)', d: [none], ref: (a, _b, _c, p) => (a > p ? 1 : 0) },
  equalScalar: { f: 'select(0.0, 1.0, $a == $p)', d: [none], ref: (a, _b, _c, p) => (a === p ? 1 : 0) },
  addScalar: { f: '($a + $p)', d: ['$g'], ref: (a, _b, _c, p) => a + p },
  scale: { f: '($a * $p)', d: ['($g * $p)'], ref: (a, _b, _c, p) => a * p },
  // f32(0) ** p is computed as exp2(p·log2 a), whose log2(0) is not defined in WGSL: hence pow_pos.
  pow: {
    f: 'pow_pos($a, $p)',
    d: ['($g * $p * pow_pos($a, $p - 1.0))'],
    ref: (a, _b, _c, p) => a ** p,
    includes: MATH,
    cost: 10,
  },
  clamp: {
    f: 'clamp($a, $p, $q)',
    d: ['select(0.0, $g, $a >= $p && $a <= $q)'],
    ref: (a, _b, _c, p, q) => Math.min(Math.max(a, p), q),
  },
  leakyRelu: {
    f: 'select($a * $p, $a, $a > 0.0)',
    d: ['select($g * $p, $g, $a > 0.0)'],
    ref: (a, _b, _c, p) => (a > 0 ? a : a * p),
  },
  neg: { f: '(-$a)', d: ['(-$g)'], ref: (a) => -a },
  abs: { f: 'abs($a)', d: ['($g * sign($a))'], ref: (a) => Math.abs(a) },
  square: { f: '($a * $a)', d: ['(2.0 * $g * $a)'], ref: (a) => a * a },
  sqrt: { f: 'sqrt($a)', d: ['(0.5 * $g / $y)'], ref: (a) => Math.sqrt(a) },
  rsqrt: { f: 'inverseSqrt($a)', d: ['(-0.5 * $g * $y / $a)'], ref: (a) => 1 / Math.sqrt(a) },
  reciprocal: { f: '(1.0 / $a)', d: ['(-$g * $y * $y)'], ref: (a) => 1 / a },
  exp: { f: 'exp($a)', d: ['($g * $y)'], ref: (a) => Math.exp(a), cost: 8 },
  log: { f: 'log($a)', d: ['($g / $a)'], ref: (a) => Math.log(a), cost: 8 },
  sin: { f: 'sin_acc($a)', d: ['($g * cos_acc($a))'], ref: (a) => Math.sin(a), includes: MATH, cost: 16 },
  cos: { f: 'cos_acc($a)', d: ['(-$g * sin_acc($a))'], ref: (a) => Math.cos(a), includes: MATH, cost: 16 },
  tanh: { f: 'tanh_acc($a)', d: ['($g * (1.0 - $y * $y))'], ref: (a) => Math.tanh(a), includes: MATH, cost: 12 },
  sigmoid: {
    f: 'sigmoid_acc($a)',
    d: ['($g * $y * (1.0 - $y))'],
    ref: (a) => 1 / (1 + Math.exp(-a)),
    includes: MATH,
    cost: 10,
  },
  // The derivative reads the result, so that nobody but the result needs the operand: it stays in the dispatch before.
  relu: { f: 'max($a, 0.0)', d: ['select(0.0, $g, $y > 0.0)'], ref: (a) => Math.max(a, 0) },
  gelu: {
    f: 'gelu_erf($a)',
    d: ['($g * gelu_erf_grad($a))'],
    ref: (a) => 0.5 * a * (1 + erf64(a / Math.SQRT2)),
    includes: ERF,
    cost: 20,
  },
  geluTanh: {
    f: 'gelu_tanh($a)',
    d: ['($g * gelu_tanh_grad($a))'],
    ref: (a) => 0.5 * a * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3))),
    includes: ['lib/math.wgsl', 'lib/erf.wgsl'],
    cost: 20,
  },
  silu: {
    f: '($a * sigmoid_acc($a))',
    d: ['($g * sigmoid_acc($a) * (1.0 + $a * (1.0 - sigmoid_acc($a))))'],
    ref: (a) => a / (1 + Math.exp(-a)),
    includes: MATH,
    cost: 12,
  },
  hardswish: {
    f: '($a * clamp($a / 6.0 + 0.5, 0.0, 1.0))',
    d: ['($g * select(select(1.0, $a / 3.0 + 0.5, $a < 3.0), 0.0, $a < -3.0))'],
    ref: (a) => a * Math.min(Math.max(a / 6 + 0.5, 0), 1),
  },
  softplus: {
    f: 'softplus_acc($a)',
    d: ['($g * sigmoid_acc($a))'],
    ref: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
    includes: MATH,
    cost: 20,
  },
  logsigmoid: {
    f: '(-softplus_acc(-$a))',
    d: ['($g * sigmoid_acc(-$a))'],
    ref: (a) => -(Math.max(-a, 0) + Math.log1p(Math.exp(-Math.abs(a)))),
    includes: MATH,
    cost: 20,
  },
  bceLogits: {
    f: '(softplus_acc($a) - $a * $b)',
    d: ['($g * (sigmoid_acc($a) - $b))', '(-$g * $a)'],
    ref: (a, b) => Math.max(a, 0) - a * b + Math.log1p(Math.exp(-Math.abs(a))),
    includes: MATH,
    cost: 20,
  },
} satisfies Record<string, PointwiseRow>;

/** All rows by name. */
export const POINTWISE: { readonly [K in keyof typeof rows]: PointwiseRow } = rows;

/** erf in float64 (series below 3, continued fraction above), good to 1e-15. */
export function erf64(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 200 && Math.abs(term) > 1e-18; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let f = 0;
  for (let n = 60; n >= 1; n--) f = n / 2 / (a + f);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + f) * Math.sqrt(Math.PI)));
}

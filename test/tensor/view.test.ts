import { expect, test } from 'vitest';
import { rng } from '../../src/data/rng';
import { numel } from '../../src/tensor/shape';
import {
  type Chain,
  chainIndex,
  expandView,
  extendChain,
  identityView,
  isContiguous,
  padView,
  permuteView,
  reshapeView,
  sliceView,
  touchedBy,
} from '../../src/tensor/view';

/** A tensor as plain nested-free data: the reference that the index arithmetic is compared with. */
interface Plain {
  shape: number[];
  data: number[];
}

const at = (p: Plain, c: number[]) => p.data[c.reduce((n, x, i) => n * p.shape[i] + x, 0)];
const coords = (shape: number[], i: number) => shape.map((d, a) => Math.floor(i / numel(shape.slice(a + 1))) % d);
const build = (shape: number[], f: (c: number[]) => number): Plain => ({
  shape,
  data: Array.from({ length: numel(shape) }, (_, i) => f(coords(shape, i))),
});

/** One random view operation, applied to the chain and to plain data alike. */
function step(random: ReturnType<typeof rng>, chain: Chain, p: Plain): [Chain, Plain] {
  const rank = p.shape.length;
  const axis = random.int(0, rank - 1);
  switch (random.int(0, 5)) {
    case 0: {
      const order = random.shuffle([...p.shape.keys()]);
      const inverse = order.map((_, i) => order.indexOf(i));
      const next = build(
        order.map((a) => p.shape[a]),
        (c) =>
          at(
            p,
            inverse.map((i) => c[i]),
          ),
      );
      return [extendChain(chain, (v) => permuteView(v, order)), next];
    }
    case 1: {
      const length = random.int(1, p.shape[axis]);
      const start = random.int(0, p.shape[axis] - length);
      const next = build(
        p.shape.map((d, i) => (i === axis ? length : d)),
        (c) =>
          at(
            p,
            c.map((x, i) => (i === axis ? x + start : x)),
          ),
      );
      return [extendChain(chain, (v) => sliceView(v, axis, start, length)), next];
    }
    case 2: {
      const before = p.shape.map((_, i) => (i === axis ? random.int(0, 2) : 0));
      const after = p.shape.map((_, i) => (i === axis ? random.int(0, 2) : 0));
      const next = build(
        p.shape.map((d, i) => d + before[i] + after[i]),
        (c) => {
          const inner = c.map((x, i) => x - before[i]);
          return inner.every((x, i) => x >= 0 && x < p.shape[i]) ? at(p, inner) : -1;
        },
      );
      return [extendChain(chain, (v) => padView(v, before, after)), next];
    }
    case 3: {
      const n = p.shape[axis];
      return [
        extendChain(chain, (v) => sliceView(v, axis, n - 1, n, -1)),
        build(p.shape, (c) =>
          at(
            p,
            c.map((x, i) => (i === axis ? n - 1 - x : x)),
          ),
        ),
      ];
    }
    case 4: {
      const shape = [...p.shape.slice(0, axis), 1, ...p.shape.slice(axis)];
      const grown = shape.map((d, i) => (i === axis ? 3 : d));
      const next = build(grown, (c) =>
        at(
          p,
          c.filter((_, i) => i !== axis),
        ),
      );
      return [
        extendChain(
          extendChain(chain, (v) => reshapeView(v, shape)),
          (v) => expandView(v, grown),
        ),
        next,
      ];
    }
    default: {
      const total = numel(p.shape);
      const divisors = Array.from({ length: total }, (_, i) => i + 1).filter((d) => total % d === 0);
      const first = random.pick(divisors);
      const shape = [first, total / first];
      return [extendChain(chain, (v) => reshapeView(v, shape)), { shape, data: p.data }];
    }
  }
}

test('random chains of view operations read what plain copies hold', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = rng(seed, 'views');
    const shape = Array.from({ length: random.int(1, 3) }, () => random.int(1, 4));
    let chain: Chain = [identityView(shape)];
    let plain = build(shape, (c) => c.reduce((n, x, i) => n * shape[i] + x, 0));
    for (let k = 0; k < 6 && plain.data.length < 3000; k++) [chain, plain] = step(random, chain, plain);
    const read = plain.data.map((_, i) => chainIndex(chain, i));
    expect(read, `seed ${seed}`).toEqual(plain.data);
  }
});

test('reshape of a permuted view needs a second link, reshape of a contiguous one does not', () => {
  const x = identityView([2, 3, 4]);
  expect(reshapeView(x, [6, 4])).toEqual(identityView([6, 4]));
  expect(reshapeView(permuteView(x, [1, 0, 2]), [6, 4])).toBeNull();
  expect(reshapeView(permuteView(x, [2, 0, 1]), [4, 6])?.strides).toEqual([1, 4]);
  expect(extendChain([permuteView(x, [1, 0, 2])], (v) => reshapeView(v, [6, 4])).length).toBe(2);
});

test('contiguity ignores axes of extent 1 and refuses masks', () => {
  expect(isContiguous({ shape: [1, 3], strides: [99, 1], offset: 5 })).toBe(true);
  expect(isContiguous({ shape: [2, 3], strides: [4, 1], offset: 0 })).toBe(false);
  expect(isContiguous(padView(identityView([3]), [1], [0]))).toBe(false);
});

test('repeated axes touch no more elements', () => {
  const row = identityView([1, 6]);
  expect(touchedBy(row)).toBe(6);
  expect(touchedBy(expandView(row, [5, 6]))).toBe(6);
  expect(touchedBy(sliceView(identityView([4, 6]), 1, 0, 3, 2))).toBe(12);
});

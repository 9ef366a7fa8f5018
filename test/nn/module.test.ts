import { expect, test } from 'vitest';
import { capturing } from '../../src/nn/capture';
import { at, type Build, find, type Layer, Module } from '../../src/nn/module';
import { makeParams } from '../../src/nn/params';
import { addScalar, scale } from '../../src/ops/pointwise';
import { constant, type Tensor } from '../../src/tensor/tensor';

class Twice extends Module<[Tensor], Tensor> {
  protected forward(x: Tensor): Tensor {
    return scale(x, 2);
  }
}

class Root extends Module<[Tensor], Tensor> {
  readonly blocks: readonly Twice[];
  readonly head: Twice;

  constructor(build: Build) {
    super(build);
    this.blocks = [0, 1].map((i) => new Twice(at(at(build, 'blocks'), i)));
    this.head = new Twice(at(build, 'head'));
  }

  protected forward(x: Tensor): Tensor {
    return this.head.call(this.blocks.reduce((y, b) => b.call(y), x));
  }
}

const root = () => new Root({ params: makeParams(), path: '' });
const x = constant([1], [1]);
/** Op names from the result back to the input. */
const chain = (t: Tensor): string[] => (t.inputs.length ? [t.op.name, ...chain(t.inputs[0])] : []);
const plus =
  (p: number): Layer =>
  (next, args) =>
    addScalar(next(...args) as Tensor, p);

test('find: names, wildcards, the root itself', () => {
  const r = root();
  expect(find(r, 'blocks.*').map((m) => m.path)).toEqual(['blocks.0', 'blocks.1']);
  expect(find(r, '**')).toHaveLength(4);
  expect(find(r, '')).toEqual([r]);
  expect(find(find(r, 'blocks.1')[0], '')[0].path).toBe('blocks.1');
});

test('find: a pattern that matches nothing names near ones', () => {
  expect(() => find(root(), 'block.*')).toThrow(/no module matches 'block\.\*'; near names: blocks\.\*/);
});

test('layers go around the module, the last one outermost', () => {
  const r = root();
  r.head.wrap('one', plus(1));
  r.head.wrap('two', plus(2));
  expect(r.head.wrapped()).toEqual(['one', 'two']);
  const y = r.head.call(x);
  expect(chain(y)).toEqual(['addScalar', 'addScalar', 'scale']);
  expect(y.attrs).toEqual({ p: 2 });
});

test('a layer may run the module twice or not at all', () => {
  const r = root();
  r.head.wrap('twice', (next, args) => next(next(...args)));
  expect(chain(r.head.call(x))).toEqual(['scale', 'scale']);
  r.head.wrap('skip', (_, args) => args[0] as Tensor);
  expect(r.head.call(x)).toBe(x);
});

test('capturing: results of modules by path, before the layers around them', () => {
  const r = root();
  r.head.wrap('one', plus(1));
  const { result, acts } = capturing(() => r.call(x));
  expect([...acts.keys()]).toEqual(['blocks.0', 'blocks.1', 'head', '']);
  expect(acts.get('head')).toBe(result.inputs[0]);
  expect(acts.get('blocks.1')!.path).toBe('blocks.1');
});

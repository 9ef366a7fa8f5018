import { expect, test } from 'vitest';
import { paramsOf } from '../../src/plan/params';
import type { Kernel } from '../../src/tensor/op';

const dispatch = (params?: number[]): { kernel: Kernel } => ({
  kernel: { variant: 'v', file: 'f', grid: [1, 1, 1], ...(params ? { params } : {}) },
});

test('parameters of a plan lie in one buffer, equal ones once, each from a multiple of 256 bytes on', () => {
  const { data, at } = paramsOf([dispatch([1, 2]), dispatch(), dispatch([3, -4]), dispatch([1, 2])])!;
  expect(at).toEqual([0, 0, 256, 0]);
  expect(data).toHaveLength(128);
  expect([...data.slice(0, 3), ...data.slice(64, 66)]).toEqual([1, 2, 0, 3, 2 ** 32 - 4]);
});

test('a plan without parameters needs no buffer; too many are refused', () => {
  expect(paramsOf([dispatch(), dispatch()])).toBeNull();
  expect(() => paramsOf([dispatch(new Array(65).fill(0))])).toThrow('65 parameters do not fit');
});

import { expect, test } from 'vitest';
import { barOf, barText } from '../../src/app/scaleBar';

test('the longest round length that fits', () => {
  expect(barOf(1, 100)).toEqual({ mm: 100, length: 100 });
  expect(barOf(1, 99)).toEqual({ mm: 50, length: 50 });
  expect(barOf(2.5, 100)).toEqual({ mm: 20, length: 50 });
  expect(barOf(0.3, 30)).toEqual({ mm: 100, length: 30 });
  expect(barOf(100, 60)?.mm).toBeCloseTo(0.5, 12);
  expect(barOf(5000, 60)).toBeNull();
  expect(barOf(0, 60)).toBeNull();
});

test('centimetres from 5 cm on', () => {
  expect([100, 50, 20, 0.5, 0.2].map(barText)).toEqual(['10 cm', '5 cm', '20 mm', '0.5 mm', '0.2 mm']);
});

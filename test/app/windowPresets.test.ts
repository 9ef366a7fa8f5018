import { expect, test } from 'vitest';
import {
  draggedWindow,
  guessOf,
  levelOf,
  presetsFor,
  showValue,
  windowOfLevel,
  windowText,
} from '../../src/app/windowPresets';

const ids = (modality: 'ct' | 'mr' | 'grey', hu?: boolean) => presetsFor({ modality }, hu).map((p) => p.id);

test('Hounsfield presets where values are such, or are taken for such', () => {
  const any = ['auto', 'foreground', 'range'];
  expect(ids('ct')).toEqual(['soft-tissue', 'lung', 'bone', 'brain', ...any]);
  expect(ids('mr')).toEqual(any);
  expect(ids('grey', true)).toEqual(ids('ct'));
  const [soft, lung, bone, brain] = presetsFor({ modality: 'ct' }).map((p) => p.about);
  expect([soft, lung, bone, brain]).toEqual([
    'Level 40, width 400 HU',
    'Level -600, width 1500 HU',
    'Level 400, width 1800 HU',
    'Level 40, width 80 HU',
  ]);
  expect(guessOf({ modality: 'ct' })).toMatch(/Hounsfield/);
  expect(guessOf({ modality: 'mr' })).toMatch(/MR/);
});

test('level and width are the window said otherwise; a width is never 0', () => {
  expect(levelOf([-160, 240])).toEqual({ level: 40, width: 400 });
  expect(windowOfLevel(40, 400, [-1000, 1000])).toEqual([-160, 240]);
  const [low, high] = windowOfLevel(5, 0, [0, 1000]);
  expect(high - low).toBeCloseTo(1, 10);
});

test('a drag to the right widens, one upwards makes brighter; back is back', () => {
  const start = [0, 100] as const;
  const range = [0, 1000] as const;
  expect(draggedWindow(start, 250, 0, range)).toEqual([-50, 150]);
  const up = draggedWindow(start, 0, -125, range);
  // A lower level: the same value is whiter.
  expect(up).toEqual([-50, 50]);
  expect(draggedWindow(start, 0, 0, range)).toEqual(start);
  expect(levelOf(draggedWindow(start, 1e5, 0, range)).width).toBe(4000);
  expect(levelOf(draggedWindow(start, -1e5, 0, range)).width).toBeGreaterThan(0);
});

test('values are shown with the digits that tell windows of a width apart', () => {
  expect(showValue(-160, 400)).toBe('−160');
  expect(showValue(0.1234567, 0.5)).toBe('0.123');
  expect(showValue(12.3456, 400)).toBe('12');
  expect(windowText([-160, 240])).toBe('L 40  W 400');
});

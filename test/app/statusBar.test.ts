import { expect, test } from 'vitest';
import { initialState, type ShownImage } from '../../src/app/state';
import { announcement, deviceText, hintText, imageText, workText } from '../../src/app/statusBar';

const start = initialState();
const image = {
  id: 'a',
  name: 'scan.png',
  width: 1024,
  height: 512,
  fileWidth: 4000,
  fileHeight: 2000,
  truth: null,
} as unknown as ShownImage;

test('the device is named, and a slow one called slow', () => {
  expect(deviceText(start)).toBe('Opening the GPU…');
  expect(deviceText({ ...start, engine: 'lost' })).toBe('GPU lost');
  const info = { device: 'swiftshader', software: true } as never;
  expect(deviceText({ ...start, engine: 'ready', info })).toMatch(/swiftshader .*slow/);
});

test('work is told with amount and time left', () => {
  expect(workText({ ...start, work: { what: 'Training', done: 3, total: 9, left: 12 } })).toBe(
    'Training 3 of 9 · 12 s left',
  );
  expect(workText({ ...start, work: { what: 'Loading', done: 0, total: 0, left: null } })).toBe('Loading…');
  expect(workText({ ...start, opening: true })).toBe('Opening the image…');
  expect(workText(start)).toBe('');
});

test('an image that is shown smaller says so', () => {
  expect(imageText({ ...start, image })).toBe('scan.png · 4000 × 2000 px, shown at 1024 × 512');
  expect(imageText({ ...start, image: { ...image, fileWidth: 1024, fileHeight: 512 } })).toBe(
    'scan.png · 1024 × 512 px',
  );
});

test('the hint tells what to do next, and nothing where nothing can be done', () => {
  const ready = { ...start, engine: 'ready' as const, image };
  expect(hintText(ready)).toMatch(/Preparing/);
  expect(hintText({ ...ready, embedded: new Set(['a']) })).toMatch(/Click the object/);
  expect(hintText({ ...ready, engine: 'failed' })).toBe('');
  expect(hintText(start)).toBe('');
});

test('turns are announced, steps are not', () => {
  expect(announcement({ ...start, engine: 'ready', image, embedded: new Set(['a']) })).toMatch(/ready for clicks/);
  const run = { phase: 'training', step: 3 } as never;
  expect(announcement({ ...start, engine: 'ready', run })).toBe('Run: training');
});

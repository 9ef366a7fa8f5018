import { expect, test } from 'vitest';
import { apply } from '../../src/app/document/timeline';
import { initialState, pictureKey, placeNow, shownCase, withCase } from '../../src/app/state';
import { caseText, decodeText, deviceText, hintText, makeAnnouncer, workText } from '../../src/app/statusBar';
import { imageInfo, stateWith, volumeInfo } from './cases';

const start = initialState();
const shown = stateWith(imageInfo('scan'));
const ready = { ...shown, embedded: new Set([pictureKey(placeNow(shown)!)]) };

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
  expect(workText({ ...start, opening: true })).toBe('Opening…');
  expect(workText(start)).toBe('');
});

test('an image that is shown smaller says so; a volume tells its grid', () => {
  const source = { format: 'PNG', dims: [4000, 2000, 1], affine: null, turn: null, notes: [] } as const;
  expect(caseText(stateWith(imageInfo('scan', { dims: [1024, 512, 1], source })))).toBe(
    'scan.png · 4000 × 2000 px, shown at 1024 × 512',
  );
  expect(caseText(shown)).toBe('scan.png · 4 × 4 px');
  expect(caseText(stateWith(volumeInfo('v', { spacing: [0.70312, 1, 5] })))).toBe(
    'v.png · 4 × 3 × 5 voxels of 0.703 × 1 × 5 mm',
  );
  expect(caseText(start)).toBe('');
});

test('the hint tells what to do next, and nothing where nothing can be done', () => {
  expect(hintText(shown)).toMatch(/Preparing/);
  expect(hintText(ready)).toMatch(/Click the object/);
  expect(hintText({ ...ready, engine: 'failed' })).toBe('');
  const edit = { type: 'addObjects', objects: [{ masks: new Map() }] } as const;
  const drawn = { timeline: apply(shownCase(ready)!.timeline, edit) };
  const begun = { ...ready, ...withCase(ready, shownCase(ready)!.info.id, drawn) };
  expect([hintText(begun), hintText({ ...begun, tool: 'brush' })]).toEqual(['', '']);
  expect(hintText({ ...ready, tool: 'brush' })).toMatch(/Draw/);
  const { timeline } = shownCase(ready)!;
  const clicked = apply(timeline, { type: 'addPoint', at: 'axial:0', point: { x: 1, y: 1, label: 1 } });
  expect(hintText({ ...ready, ...withCase(ready, 'scan', { timeline: clicked }) })).toBe('');
  expect(hintText(start)).toBe('');
  const volume = stateWith(volumeInfo());
  expect([hintText({ ...volume, layout: 'axial' }), hintText({ ...volume, layout: 'volume' })]).toEqual([
    expect.stringMatching(/Preparing/),
    '',
  ]);
});

test('turns are announced, steps are not; what a run came to is told until another case is shown', () => {
  const tell = makeAnnouncer();
  expect([tell(shown), tell(ready)]).toEqual(['', 'scan.png is ready for clicks']);
  const at = (phase: string, step: number, more = {}) =>
    tell({ ...ready, run: { id: 'r', phase, step } as never, ...more });
  expect([at('training', 3), at('training', 4)]).toEqual(['Run: training', 'Run: training']);
  expect(at('done', 9)).toMatch(/^Run: done/);
  const other = { cases: new Map([...ready.cases, ...stateWith(imageInfo('b')).cases]), shown: 'b' };
  expect(at('done', 9, other)).toBe('');
  expect(at('done', 9)).toBe('scan.png is ready for clicks');
  expect(at('done', 9, { engine: 'lost' })).toBe('The GPU was lost');
});

test('what a click costs, and how much of that is not the GPU’s', () => {
  expect(decodeText(start)).toBe('');
  expect(decodeText({ ...start, lastDecode: { ms: 40, gpuMs: 30 } })).toBe('Mask in 40 ms, 25 % of it not GPU');
  // Clocks of two threads: never less than nothing.
  expect(decodeText({ ...start, lastDecode: { ms: 40, gpuMs: 41 } })).toBe('Mask in 40 ms, 0 % of it not GPU');
});

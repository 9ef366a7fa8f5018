import { expect, test } from 'vitest';
import { diagnosticsText, troubleOf, withoutNames } from '../../src/app/diagnosticsText';
import { filesNotice, noticeOf } from '../../src/app/notices';
import { imageInfo, prediction, stateWith } from './cases';

test('names of files and cases are taken out, also from within messages', () => {
  const text = 'C:\\scans\\Meier_1970.nii.gz: truncated; "brain of Meier" in /scans/ct/slice-01.dcm and a.PNG';
  expect(withoutNames(text, ['brain of Meier'])).toBe('‹file›: truncated; "‹case›" in ‹file› and ‹file›');
  expect(withoutNames('Something went wrong while opening Anna Meier 1970', [])).toMatch(/while opening ‹file›$/);
  expect(withoutNames('while opening the GPU', [])).toBe('while opening the GPU');
  expect(withoutNames('The GPU was lost (unknown reason): 3.5 MiB', [])).toBe(
    'The GPU was lost (unknown reason): 3.5 MiB',
  );
});

test('of refused files only that they were refused; of other errors the message', () => {
  const one = { name: 'Meier.nii', message: 'Meier.nii: no NIfTI' };
  const refused = filesNotice({ refused: [one], warnings: [], additions: [] }, (id) => id)!;
  expect(troubleOf(refused, [], 3)).toEqual({ at: 3, words: 'This file cannot be opened' });
  const lost = troubleOf(noticeOf({ kind: 'lost', message: 'destroyed' }), [], 4);
  expect(lost.words).toMatch(/^The GPU was lost · destroyed/);
});

test('the text has a line for each fact and the latest errors, but no name', () => {
  const state = {
    ...stateWith(imageInfo('Meier', { name: 'Meier.png' })),
    predictions: new Map([
      ['x', { ...prediction(1), ms: 20, gpuMs: 15 }],
      ['y', { ...prediction(1), ms: 40, gpuMs: 10 }],
      ['z', { ...prediction(1), ms: 30, gpuMs: 15 }],
    ]),
  };
  const page = { version: '1.2.3', browser: 'B', screen: '1 × 1', storage: '1 MiB of 2 MiB used', heap: '3 MiB' };
  const text = diagnosticsText(state, [['device', 'v']], page, [{ at: 5.4, words: 'w' }]);
  expect(text).toMatch(/^medsa-lab: 1\.2\.3\n/);
  expect(text).toMatch(/\ndevice: v\n/);
  expect(text).toMatch(/\ncases: 4×4×1 PNG colour\n/);
  expect(text).toMatch(/\ndecode per click: median 30 ms of 3, 50 % of it not on the GPU\n/);
  expect(text).toMatch(/\nerrors:\n- 5 s: w$/);
  expect(text).not.toMatch(/Meier/);
});

import { expect, test } from 'vitest';
import { phantomSource, phantomSourceText, usualImages, usualVolumes } from '../../src/data/phantomSource';

test('the names without more are the usual sets; folders are none', () => {
  expect([phantomSource('phantoms'), phantomSource('phantom-3d')]).toEqual([usualImages, usualVolumes]);
  for (const folder of ['phantom', 'my/phantoms', 'phantoms/a', 'phantom-2d', ''])
    expect(phantomSource(folder)).toBeNull();
});

test.each([
  ['phantoms:ultrasound+fundus?level=0.8', { set: 'phantoms', modalities: ['ultrasound', 'fundus'], level: 0.8 }],
  ['phantoms?level=0', { set: 'phantoms', modalities: [], level: 0 }],
  ['phantom-3d:ct', { set: 'phantom-3d', modalities: ['ct'], level: 0.5 }],
] as const)('%s is read, and written the same', (text, source) => {
  expect(phantomSource(text)).toEqual(source);
  expect(phantomSourceText(source)).toBe(text);
});

test.each([
  ['phantoms:xray', /no kind is called 'xray'; there are fundus, ultrasound, dermoscopy/],
  ['phantoms:', /no kind is called ''/],
  ['phantom-3d:fundus', /no kind is called 'fundus'; there are ct, mri, brain/],
  ['phantoms?level=2', /level must be a number from 0 \(easy\) to 1 \(hard\)/],
  ['phantoms?level=', /level must be/],
  ['phantoms?size=64', /no option is called 'size'; there is level/],
] as const)('%s is refused', (text, message) => {
  expect(() => phantomSource(text)).toThrow(message);
});

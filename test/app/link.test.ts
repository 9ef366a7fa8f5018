import { expect, test } from 'vitest';
import { parseRun, parseView } from '../../src/app/configs';
import { linkOf, lookWithin, readLink, sampleOf } from '../../src/app/link';
import { type AppState, withCase } from '../../src/app/state';
import { imageInfo, stateWith, volumeInfo } from './cases';

const plain = stateWith(imageInfo('sample-fundus-0'));
const volume = stateWith(volumeInfo('sample-ct-0'));

test('a page as it opens has no link; what is changed comes back', () => {
  expect(linkOf(plain)).toBe('');
  const look = {
    ...volume.cases.get('sample-ct-0')!.look,
    plane: 'sagittal',
    cross: [1, 2, 3],
    window: [-160.5, 240],
  } as const;
  const s: AppState = {
    ...{ ...volume, ...withCase(volume, 'sample-ct-0', { look }) },
    ...{
      layout: 'coronal',
      tab: 'adapt',
      tool: 'brush',
      config: parseRun({ experiment: { train: { steps: 7 }, prompt: 'box', adapters: ['lora'] } }),
    },
    view: parseView({ opacity: 0.2, masks: 'three' }),
  };
  const link = linkOf(s);
  expect(link).toMatch(/^#sample=ct-1&plane=sagittal&at=1,2,3&window=-160\.5,240&layout=coronal&tab=adapt/);
  expect(readLink(link)).toEqual({
    sample: { modality: 'ct', index: 0 },
    look: { plane: 'sagittal', cross: [1, 2, 3], window: [-160.5, 240] },
    volume: {},
    ...{ layout: 'coronal', tab: 'adapt', tool: 'brush', config: s.config, view: s.view },
  });
});

test('nothing of an own image is in a link', () => {
  const own = stateWith(imageInfo('case-1', { name: 'patient-0815.png', hash: 'secret' }));
  expect(linkOf(own)).toBe('');
  expect(sampleOf(imageInfo('case-1'))).toBeNull();
});

test('what makes no sense is passed over', () => {
  const bad =
    '#sample=x-1&at=1,2&window=5,1&model=a,b&plane=up&view.opacity=7&run.train.steps="x"&run.nope=1&run.train.steps=9&view.outline=false&%E0%A4%A';
  const link = readLink(bad);
  expect(link).toMatchObject({ sample: null, look: {}, layout: null });
  expect(link.config).toEqual(parseRun({ experiment: { train: { steps: 9 } } }));
  expect(link.view).toEqual(parseView({ outline: false }));
  expect(readLink(`#run.train.steps=9&x=${'y'.repeat(9000)}`).config).toEqual(parseRun());
  expect(readLink('#sample=ct-0').sample).toBeNull();
});

test('a look is held within the case', () => {
  expect(lookWithin({ cross: [99, -1, 2.4], plane: 'coronal' }, volumeInfo())).toEqual({
    cross: [3, 0, 2],
    plane: 'coronal',
  });
  expect(lookWithin({ plane: 'coronal', window: [0, 9] }, imageInfo())).toEqual({ window: [0, 9] });
});

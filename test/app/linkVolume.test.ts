import { expect, test } from 'vitest';
import { FIRST_VOLUME_LOOK, type VolumeLook } from '../../src/app/document/volumeLook';
import { linkOf, readLink } from '../../src/app/link';
import { addVolume, volumeFrom } from '../../src/app/linkVolume';
import { stateWith, volumeInfo } from './cases';

const look: VolumeLook = {
  ...FIRST_VOLUME_LOOK,
  mode: 'mip',
  camera: { azimuth: 300.5, elevation: -40.25, zoom: 2.5, focus: [10, -4.5, 3] },
  density: 0.5,
  clip: FIRST_VOLUME_LOOK.clip.with(1, [0.25, 0.75]) as unknown as VolumeLook['clip'],
};

test('a volume view as it opens adds nothing; camera, mode, density and cut come back', () => {
  const out = new URLSearchParams();
  addVolume(out, FIRST_VOLUME_LOOK);
  expect(out.toString()).toBe('');
  addVolume(out, look);
  const { opacities: _, ...told } = look;
  expect(volumeFrom(out)).toEqual(told);
  const s = stateWith(volumeInfo('sample-ct-0'));
  expect(readLink(linkOf({ ...s, volumes: new Map([['sample-ct-0', look]]) })).volume).toEqual(told);
});

test('what makes no sense is passed over, what lies outside is held', () => {
  const from = (text: string) => volumeFrom(new URLSearchParams(text));
  expect(from('camera=1,2,3&draw=x&density=-1&cut=0,1,0,1,0.5,0.5')).toEqual({});
  expect(from('camera=1,2,3,4,5,NaN&cut=0,1,0,2,0,1&density=y')).toEqual({});
  expect(from('density=1e9&camera=-90,200,1e9,1e9,0,0')).toEqual({
    density: 4,
    camera: { azimuth: 270, elevation: 90, zoom: 20, focus: [2000, 0, 0] },
  });
});

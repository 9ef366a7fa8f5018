import { expect, test } from 'vitest';
import { masksWith } from '../../src/app/document/planeMask';
import { planeOf } from '../../src/app/document/planes';
import { packMask } from '../../src/app/document/runs';
import { maskPicture } from '../../src/app/maskPicture';
import { decodeBytes } from '../../src/data/image';
import { after, opened, volumeInfo } from './cases';

test('the slice that is worked on, as it is seen, in the objects’ colours', async () => {
  const info = volumeInfo('v');
  const g = planeOf(info, 'coronal');
  const pixels = packMask(Array.from({ length: g.columns * g.rows }, (_, i) => Number(i === 1)));
  const other = packMask(Array.from({ length: g.columns * g.rows }, (_, i) => Number(i === 2)));
  const on = (mask: typeof pixels) =>
    new Map([...masksWith(info, g, 2, mask, new Map())].flatMap(([z, m]) => (m ? [[z, m] as const] : [])));
  const timeline = after(
    { type: 'addObjects', objects: [{ colour: [9, 8, 7], masks: on(pixels) }, { masks: on(other) }] },
    { type: 'hide', object: 2, hidden: true },
  );
  const { look } = opened(info);
  const cross = [0, g.flip[2] ? g.slices - 1 - 2 : 2, 0] as const;
  const { width, height, data } = await decodeBytes(
    maskPicture({ info, timeline, look: { ...look, plane: 'coronal', cross } }),
  );
  expect([width, height]).toEqual([g.columns, g.rows]);
  expect([...data.slice(0, 9)]).toEqual([0, 0, 0, 9, 8, 7, 0, 0, 0]);
});

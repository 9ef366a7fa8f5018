import { expect, test } from 'vitest';
import { initialInside, overlayOn, partName, shownActivation } from '../../../src/app/inside/insideState';
import type { Activation } from '../../../src/app/insideProtocol';

const place = { case: 'a', plane: 'axial', slice: 1 } as const;
const map = { rows: 1, columns: 1, values: new Float32Array(1), cell: [8, 8] } as const;
const layer = (path: string, maps: boolean) =>
  ({ path, mean: maps ? map : null, size: maps ? map : null }) as unknown as Activation;

test('attention and activations lie over the slice that they are of, and no other', () => {
  const attention = { place, value: { ...map, token: [0, 0] as const, elsewhere: 0 } };
  const s = { ...initialInside(), attention };
  expect(overlayOn(s, place)).toEqual({ map: attention.value, signed: false });
  expect(overlayOn(s, { ...place, slice: 2 })).toBeNull();
  expect(overlayOn({ ...s, overlay: 'none' }, place)).toBeNull();
  const activations = { place, value: [layer('p.a', false), layer('p.b', true)] };
  const t = { ...s, activations, overlay: 'activation', channel: 'mean' } as const;
  expect(shownActivation(t)?.path).toBe('p.b');
  expect(overlayOn(t, place)).toEqual({ map, signed: true });
  // Chosen, but it has no map.
  expect(overlayOn({ ...t, layer: 'p.a' }, place)).toBeNull();
});

test('parts have names', () => {
  expect(partName({ path: 'image_encoder.blocks.1', heads: 2, window: 0 })).toBe('Encoder block 2: global');
  expect(partName({ path: 'image_encoder.blocks.0', heads: 2, window: 8 })).toMatch(/8 × 8 windows/);
  expect(partName({ path: 'mask_decoder.transformer.layers.0', heads: 0, window: 0 })).toMatch(/layer 1/);
});

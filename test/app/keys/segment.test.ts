import { expect, test } from 'vitest';
import { shortcuts } from '../../../src/app/keys/segment';
import { imageInfo } from '../cases';
import { toolWorld } from '../toolWorld';

const press = (w: ReturnType<typeof toolWorld>, key: string) =>
  shortcuts.find((s) => s.is(key, false, false))?.run(w.app, key);

test('brush sizes; a new object where one is active; shapes of the active object', () => {
  const w = toolWorld(imageInfo(), { brush: 5 });
  press(w, ']');
  press(w, ']');
  press(w, '[');
  expect(w.store.get().brush).toBe(6);
  expect(press(w, 'n')).toBe(false);
  expect(press(w, 'f')).toBe(false);
  const ring = Uint32Array.of(0, 3, 1, 1, 1, 1, 1, 3, 5);
  w.app.control.edit({ type: 'setMasks', masks: new Map([[0, ring]]) });
  expect(press(w, 'f')).toBe(true);
  expect([...w.doc().objects[0].masks.get(0)!]).toEqual([0, 3, 1, 3, 1, 3, 5]);
  expect(press(w, 'k')).toBe(false);
  expect(press(w, 'n')).toBe(true);
  expect(w.doc().active).toBeNull();
});

import { expect, test } from 'vitest';
import { makeStore } from '../../src/app/store';
import { makeWindowDrag } from '../../src/app/windowDrag';
import { imageInfo, stateWith, volumeInfo } from './cases';

const at = (x: number, y: number) =>
  ({ x, y, toScreen: (a: number, b: number) => ({ x: 10 * a, y: 10 * b }) }) as never;

function drags(info: ReturnType<typeof volumeInfo>) {
  const seen: unknown[] = [];
  const app = { store: makeStore(stateWith(info)), control: { setLook: (l: unknown) => seen.push(l) } } as never;
  return { seen, app, drag: makeWindowDrag() };
}

test('a drag is measured on the screen, from where it began', () => {
  const { seen, app, drag } = drags(volumeInfo('v', { window: [0, 100], range: [0, 1000] }));
  drag.move(at(5, 5), app);
  drag.begin(at(0, 0), app);
  drag.move(at(25, 0), app);
  drag.end();
  drag.move(at(50, 0), app);
  expect(seen).toEqual([{ window: [-50, 150] }]);
});

test('given up, the window is as before', () => {
  const { seen, app, drag } = drags(volumeInfo('v', { window: [0, 100], range: [0, 1000] }));
  drag.begin(at(0, 0), app);
  drag.move(at(25, 0), app);
  expect([drag.cancel(app), drag.cancel(app)]).toEqual([true, false]);
  expect(seen.at(-1)).toEqual({ window: [0, 100] });
});

test('colours have no window', () => {
  const { seen, app, drag } = drags(imageInfo());
  drag.begin(at(0, 0), app);
  drag.move(at(25, 0), app);
  expect(seen).toEqual([]);
});

import { expect, test } from 'vitest';
import { packMask } from '../../../src/app/document/runs';
import { memoryDrawer } from '../../../src/app/engine/drawer';
import { runFiles } from '../../../src/app/engine/runFiles';
import { runInfo, scored } from '../cases';

test('everything that a run continues from comes back', async () => {
  const files = runFiles(memoryDrawer().drawer('r'));
  const info = runInfo('paused', 10, { objects: [scored('a', 'x', 0.1, null)] });
  await files.saveInfo(info);
  expect(await files.readInfo()).toEqual(info);
  const state = { step: 10, p: Float32Array.of(1, 2), vectors: { m: Float32Array.of(3) }, layout: 'a@0+2' };
  await files.saveState({ state, extra: { identity: { lr: 1 } } });
  expect(await files.readState()).toEqual({ state, extra: { identity: { lr: 1 } } });
  await files.saveMetrics([{ kind: 'step', step: 1, loss: 0.5 }]);
  expect(await files.readMetrics()).toEqual([{ kind: 'step', step: 1, loss: 0.5 }]);
  const before = [packMask([0, 1, 1, 0]), packMask([1, 1, 1, 1])];
  await files.saveMasks(before, null);
  expect(await files.readMasks()).toEqual({ before, after: null });
  await files.saveData(new Map([['images/a.png', new Blob(['x'])]]));
  expect(await (await files.data())?.list()).toEqual(['images/a.png']);
});

test('what was never kept is null; a damaged record is no run', async () => {
  const drawer = memoryDrawer();
  const files = runFiles(drawer);
  expect([await files.readInfo(), await files.readState(), await files.data(), await files.readStart()]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(await files.readMetrics()).toEqual([]);
  for (const text of ['{"id": "r"', '{"id": 3}', 'null']) {
    await drawer.write('run.json', text);
    expect(await files.readInfo()).toBeNull();
  }
});

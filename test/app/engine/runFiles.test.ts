import { expect, test } from 'vitest';
import { packMask } from '../../../src/app/document/runs';
import { memoryDrawer } from '../../../src/app/engine/drawer';
import { runFiles } from '../../../src/app/engine/runFiles';
import { spareDrawer } from '../../../src/app/engine/spareDrawer';
import { runInfo, scored } from '../cases';

test('everything that a run continues from comes back', async () => {
  const files = runFiles(spareDrawer(memoryDrawer()).drawer('r'));
  const info = runInfo('paused', 10, { objects: [scored('a', 'x', 0.1, null)] });
  await files.save({ info });
  expect(await files.readInfo()).toEqual(info);
  const state = { step: 10, p: Float32Array.of(1, 2), vectors: { m: Float32Array.of(3) }, layout: 'a@0+2' };
  await files.save({ state: { state, extra: { identity: { lr: 1 } } } });
  expect(await files.readState()).toEqual({ state, extra: { identity: { lr: 1 } } });
  await files.save({ metrics: [{ kind: 'step', step: 1, loss: 0.5 }] });
  expect(await files.readMetrics()).toEqual([{ kind: 'step', step: 1, loss: 0.5 }]);
  const before = [packMask([0, 1, 1, 0]), packMask([1, 1, 1, 1])];
  await files.save({ masks: { before, after: null } });
  expect(await files.readMasks()).toEqual({ before, after: null });
  await files.saveData(new Map([['images/a.png', new Blob(['x'])]]));
  expect(await (await files.data('own'))?.list()).toEqual(['images/a.png']);
});

test('the best adapter is kept beside the last; of earlier runs the only one is found', async () => {
  const drawer = spareDrawer(memoryDrawer());
  const files = runFiles(drawer);
  expect(await files.readAdapter('best')).toBeNull();
  await drawer.write('adapter_model.safetensors', 'old');
  expect(await (await files.readAdapter('best'))?.text()).toBe('old');
  const info = { base: { name: 'b' }, adapters: [] };
  const tensors = (v: number) => [{ name: 'a', dtype: 'F32' as const, shape: [1], data: Float32Array.of(v) }];
  await files.save({
    adapters: [
      ['last', tensors(1), info],
      ['best', tensors(1), info],
    ],
  });
  await files.save({ adapters: [['last', tensors(2), info]] });
  const [best, last] = [await files.readAdapter('best'), await files.readAdapter('last')];
  expect([...new Uint8Array(await best!.arrayBuffer()).slice(-4)]).toEqual([0, 0, 128, 63]);
  expect([...new Uint8Array(await last!.arrayBuffer()).slice(-4)]).toEqual([0, 0, 0, 64]);
});

test('run.json is the command line’s record, and keeps what was known when only a name changes', async () => {
  const drawer = spareDrawer(memoryDrawer());
  const files = runFiles(drawer);
  const info = runInfo('done', 3, { best: { step: 2, dice: 0.5 }, applied: 'last' });
  await files.save({ info, record: { command: 'page', gpu: { name: 'g' } } });
  await files.save({ info: { ...info, name: 'Mine', unsaved: 'full', elsewhere: true } });
  const raw = JSON.parse(await (await drawer.read('run.json'))!.text());
  const { experiment } = info.config;
  expect(raw).toMatchObject({
    command: 'page',
    status: 'done',
    gpu: { name: 'g' },
    best: { step: 2 },
    config: experiment,
  });
  expect(await files.readInfo()).toEqual({ ...info, name: 'Mine' });
});

test('records of earlier releases are read', async () => {
  const drawer = spareDrawer(memoryDrawer());
  const { best: _, applied: __, elsewhere: ___, ...old } = runInfo('paused', 3);
  await drawer.write('run.json', JSON.stringify(old));
  expect(await runFiles(drawer).readInfo()).toEqual(runInfo('paused', 3));
});

test('what was never kept is null; a damaged record is no run', async () => {
  const drawer = spareDrawer(memoryDrawer());
  const files = runFiles(drawer);
  expect([await files.readInfo(), await files.readState(), await files.data('own'), await files.readStart()]).toEqual([
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

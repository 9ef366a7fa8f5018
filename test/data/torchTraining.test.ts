import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/data/checkpoint';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { f32Entry } from '../../src/data/tensorFile';
import { readTrainingCheckpoint, trainingCheckpointParts } from '../../src/data/torchTraining';
import { stateDict, writeTorch } from '../../src/data/torchWrite';
import { needShared, readShared } from '../harness/shared';

const golden = 'medsa-checkpoint/best_dice_checkpoint.pth';

async function blobOf(parts: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const all: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of parts) all.push(part);
  return new Blob(all);
}

test('a published training checkpoint, written again, is the same in every tensor and value', async (context) => {
  await needShared(context, 'goldens');
  const from = await openCheckpoint(new Blob([await readShared('goldens', golden)]), golden);
  const parts = readTrainingCheckpoint(from, golden);
  expect([parts.epoch, parts.model, parts.bestTol, parts.stateDict.size]).toEqual([4, 'sam', 0.5, 172]);
  expect(parts.optimizer!.state.size).toBeGreaterThan(50);
  const back = await openCheckpoint(await blobOf(trainingCheckpointParts(parts)), 'back.pth');
  expect(back.meta).toEqual(from.meta);
  const rows = await compareTensorFiles(back, from);
  expect(rows.length).toBe(from.entries.size);
  expect(rows.filter((r) => !r.equal)).toEqual([]);
});

test('one of our own, without optimiser', async () => {
  const w = f32Entry('w', [1], Float32Array.of(3));
  const made = {
    epoch: 2,
    model: 'sam',
    stateDict: new Map([['w', w]]),
    optimizer: null,
    bestTol: 0,
    pathHelper: { prefix: 'runs/x' },
  };
  const back = readTrainingCheckpoint(await openCheckpoint(await blobOf(trainingCheckpointParts(made)), 'x.pth'));
  expect(back).toMatchObject({ epoch: 2, model: 'sam', optimizer: null, bestTol: 0, pathHelper: { prefix: 'runs/x' } });
  expect(await back.stateDict.get('w')!.read()).toEqual(await w.read());
});

test('a bare dict is no training checkpoint', async () => {
  const file = await openCheckpoint(
    await writeTorch(stateDict(new Map([['w', f32Entry('w', [1], Float32Array.of(3))]]))),
    'x.pth',
  );
  expect(() => readTrainingCheckpoint(file, 'x.pth')).toThrow(
    'x.pth: no training checkpoint — expected keys epoch and state_dict, found w',
  );
});

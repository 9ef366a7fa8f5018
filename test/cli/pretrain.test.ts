import { expect, test } from 'vitest';
import { run, stagesOf } from '../../src/cli/pretrain';

test('stages are side, steps and images a step', () => {
  expect(stagesOf('64x1700x8,128x200x4')).toEqual([
    { size: 64, steps: 1700, batch: 8 },
    { size: 128, steps: 200, batch: 4 },
  ]);
  expect(() => stagesOf('64x1700')).toThrow("got '64x1700'");
  expect(() => stagesOf('64x0x8')).toThrow('wants SIDExSTEPSxBATCH');
});

test.each([
  [['--scenes', 'tpu'], "--scenes wants cpu or gpu, got 'tpu'"],
  [['--base', 'sam-huge'], 'there is no base sam-huge'],
  [['--objects', '0'], "--objects must be a positive number, got '0'"],
])('bad flags are refused before a GPU is opened: %s', async (argv, message) => {
  await expect(run(argv)).rejects.toThrow(message);
});

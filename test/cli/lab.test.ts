import { expect, test } from 'vitest';
import { makeLab } from '../../src/cli/lab';
import type { Gpu } from '../../src/gpu/device';
import { GpuError } from '../../src/gpu/errors';
import { resolveConfig } from '../../src/train/experiment/config';

/** A laboratory whose devices are names; `fail` makes the next opening go wrong. */
function laboratory() {
  const state = { opened: 0, closed: 0, fail: false };
  const lab = makeLab({
    async open() {
      if (state.fail) throw new Error('no device');
      state.opened++;
      return { error: null, destroy: () => state.closed++ } as unknown as Gpu;
    },
    log: { write: () => true },
    stopped: () => false,
  });
  return { lab, state };
}

test('one device for all, opened when it is first asked for; another after a loss or a failed opening', async () => {
  const { lab, state } = laboratory();
  expect(state.opened).toBe(0);
  state.fail = true;
  await expect(lab.device()).rejects.toThrow('no device');
  state.fail = false;
  const first = await lab.device();
  expect(await lab.device()).toBe(first);
  first.error = new GpuError('lost', 'gone');
  expect(await lab.device()).not.toBe(first);
  expect(state.opened).toBe(2);
  lab.close();
  expect(state.closed).toBe(1);
});

test('data are read once for one config and size, anew for another; what failed may be tried again', async () => {
  const { lab } = laboratory();
  const { data } = resolveConfig({}, ['data.maxTrain=1', 'data.maxVal=1']);
  const a = await lab.data(data, 32);
  expect(await lab.data({ ...data }, 32)).toBe(a);
  expect(await lab.data(data, 64)).not.toBe(a);
  const wrong = { ...data, source: 'nowhere' };
  await expect(lab.data(wrong, 32)).rejects.toThrow('there is no such folder');
  await expect(lab.data(wrong, 32)).rejects.toThrow('there is no such folder');
  await expect(lab.base('sam-nanoo')).rejects.toThrow('did you mean sam-nano?');
});

import { expect, test, vi } from 'vitest';
import { run } from '../../src/cli/adapt';
import { ADAPT_DEFAULTS, ADAPT_HELP, parseAdapt } from '../../src/cli/adaptOptions';

test('without flags: the embedded phantoms, all defaults', () => {
  expect(parseAdapt([])).toEqual(ADAPT_DEFAULTS);
});

test('flags override defaults; help wins', () => {
  const argv = ['--data', 'x', '--prompt', 'box', '--steps', '60', '--refuse-empty', '--json'];
  expect(parseAdapt(argv)).toEqual({
    ...ADAPT_DEFAULTS,
    data: 'x',
    prompt: 'box',
    steps: 60,
    refuseEmpty: true,
    json: true,
  });
  expect(parseAdapt(['--nonsense', '--help'])).toBe(null);
});

test('every flag is in the help, with its default', () => {
  for (const name of [
    'data',
    'base',
    'adapter',
    'prompt',
    'loss',
    'steps',
    'batch',
    'lr',
    'seed',
    'val',
    'out',
    'resume',
    'json',
  ]) {
    expect(ADAPT_HELP).toContain(`--${name}`);
  }
  for (const value of ['sam-nano', 'point-1', 'bce+dice']) expect(ADAPT_HELP).toContain(`(${value})`);
});

test('prompts are checked at once', () => {
  expect(() => parseAdapt(['--prompt', 'circle'])).toThrow(
    "--prompt: prompt 'circle' is unknown; there are center, point-N",
  );
  for (const prompt of ['point-1', 'point-3', 'box', 'box-0.75', 'center']) parseAdapt(['--prompt', prompt]);
  for (const prompt of ['point-0', 'point-1.5', 'box-2', 'box-0', 'box-', '']) {
    expect(() => parseAdapt(['--prompt', prompt]), prompt).toThrow('--prompt: ');
  }
});

test('a wrong command line exits 2 before anything is opened; help exits 0', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const log = vi.spyOn(console, 'log').mockReturnValue();
  expect(await run(['--step', '3'])).toBe(2);
  expect(await run(['--steps', 'many'])).toBe(2);
  expect(await run(['--adapter', 'loraa'])).toBe(2);
  expect(error.mock.calls.map(([text]) => text.split('\n')[0])).toEqual([
    'adapt: there is no flag --step; did you mean --steps?',
    "adapt: --steps must be a whole number of at least 1 and at most 1000000, got 'many'",
    expect.stringMatching(/^adapt: --adapter must be one of .*, got 'loraa'; did you mean lora\?$/),
  ]);
  expect(log).not.toHaveBeenCalled();
  expect(await run(['--help'])).toBe(0);
  expect(log).toHaveBeenCalledWith(ADAPT_HELP);
});

import { expect, test, vi } from 'vitest';
import { run } from '../../src/cli/adapt';
import { ADAPT_DEFAULTS, ADAPT_HELP, type AdaptOptions, adaptConfig, parseAdapt } from '../../src/cli/adaptOptions';

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
    'preset',
    'adapter',
    'recipe',
    'prompt',
    'loss',
    'steps',
    'batch',
    'per-image',
    'schedule',
    'lr',
    'seed',
    'val',
    'max-train',
    'out',
    'resume',
    'json',
  ]) {
    expect(ADAPT_HELP).toContain(`--${name}`);
  }
  for (const value of ['sam-nano', 'medsa-slim', 'point-1', 'bce+dice', 'cosine'])
    expect(ADAPT_HELP).toContain(`(${value})`);
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

test('the embedded default: narrow Med-SA, two prompts an image, a number of phantoms; data of people: all of them', () => {
  const of = (o: Partial<AdaptOptions>) => adaptConfig({ ...ADAPT_DEFAULTS, ...o });
  const usual = of({});
  expect(usual.adapters.map((a) => a.name)).toEqual(['medsa', 'hypAdpt']);
  expect(usual.train).toMatchObject({ steps: 240, batch: 2, prompts: 2, lr: 6e-3, schedule: 'cosine', clip: 1 });
  expect([usual.data.maxTrain, of({ data: 'x' }).data.maxTrain, of({ data: 'x', maxTrain: 5 }).data.maxTrain]).toEqual([
    ...[72, null, 5],
  ]);
});

test('what is said counts before recipe and preset; an adapter alone brings the rate of its arm', () => {
  const of = (o: Partial<AdaptOptions>) => adaptConfig({ ...ADAPT_DEFAULTS, ...o });
  expect(of({ adapter: 'full' })).toMatchObject({ adapters: [{ name: 'full' }], train: { lr: 2e-4 } });
  expect(
    [of({ adapter: 'lora' }), of({ adapter: 'bitfit' }), of({ adapter: 'full', lr: 0.1 })].map((c) => c.train.lr),
  ).toEqual([5e-3, 6e-3, 0.1]);
  expect([of({ preset: 'medsam' }).prompt, of({ preset: 'medsam', prompt: 'point-3' }).prompt]).toEqual([
    'box',
    'point-3',
  ]);
  const small = of({ recipe: 'small-set', schedule: 'constant' });
  expect(small).toMatchObject({ data: { validation: 0.2 }, train: { patience: 4, schedule: 'constant', lr: 6e-3 } });
});

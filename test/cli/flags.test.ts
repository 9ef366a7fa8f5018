import { expect, test } from 'vitest';
import { type Flag, parseFlags, UsageError } from '../../src/cli/flags';

const flags = {
  data: { kind: 'text' },
  loss: { kind: 'text', choices: ['bce', 'bce+dice'] },
  steps: { kind: 'whole', min: 1 },
  lr: { kind: 'number', min: 0, max: 1 },
  json: { kind: 'switch' },
} as const satisfies Record<string, Flag>;
const parse = (...argv: string[]) => parseFlags(argv, flags);

test('values by space or =, switches, numbers as numbers; what is not given is absent', () => {
  expect(parse()).toEqual({});
  expect(parse('--data', 'a=b c', '--steps=3', '--lr', '1e-3', '--json')).toEqual({
    data: 'a=b c',
    steps: 3,
    lr: 1e-3,
    json: true,
  });
  expect(parse('--data=')).toEqual({ data: '' });
  expect(parse('--data=--x')).toEqual({ data: '--x' });
});

test('unknown flags name the nearest', () => {
  expect(() => parse('--step', '3')).toThrow('there is no flag --step; did you mean --steps?');
  expect(() => parse('--constructor', '3')).toThrow(UsageError);
  expect(() => parse('--quantum')).toThrow('there are --data, --loss, --steps, --lr, --json');
  expect(() => parse('steps', '3')).toThrow("'steps' is no flag");
});

test('missing, double and wrong values are refused in words', () => {
  expect(() => parse('--steps')).toThrow('--steps needs a whole number of at least 1');
  expect(() => parse('--data', '--json')).toThrow('--data needs a value');
  expect(() => parse('--json', '--json')).toThrow('--json is given twice');
  expect(() => parse('--json=yes')).toThrow("--json takes no value, got 'yes'");
  expect(() => parse('--loss', 'bse')).toThrow("--loss must be one of bce, bce+dice, got 'bse'; did you mean bce?");
  for (const bad of ['1.5', '0', 'ten', '', ' ', 'Infinity', '1e400']) {
    expect(() => parse(`--steps=${bad}`), bad).toThrow(`--steps must be a whole number of at least 1, got '${bad}'`);
  }
  expect(() => parse('--lr', '2')).toThrow("--lr must be a number of at least 0 and at most 1, got '2'");
  expect(() => parse('--lr', 'NaN')).toThrow('--lr must be');
});

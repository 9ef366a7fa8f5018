import { expect, test } from 'vitest';
import { progressBar, showTime } from '../../src/cli/progress';

/** A stream that keeps what was written, and a clock that is set by hand. */
function fake(isTTY: boolean) {
  const written: string[] = [];
  const clock = { t: 0 };
  return {
    written,
    clock,
    stream: { isTTY, columns: 60, write: (text: string) => written.push(text) },
    now: () => clock.t,
  };
}

test('no terminal: a line now and then, and one at the end', () => {
  const f = fake(false);
  const bar = progressBar('training', 100, f.stream, { now: f.now });
  for (let i = 1; i <= 100; i++) {
    f.clock.t = 200 * i;
    bar.show(i, 'loss 0.5');
  }
  bar.end();
  expect(f.written).toEqual([
    'training 1/100 · loss 0.5, 20 s left\n',
    'training 51/100 · loss 0.5, 10 s left\n',
    'training 100/100 · loss 0.5\n',
  ]);
});

test('a terminal: one line that is drawn again, no wider than the terminal', () => {
  const f = fake(true);
  const bar = progressBar('x'.repeat(80), 4, f.stream, { now: f.now });
  bar.show(1);
  f.clock.t = 50;
  bar.show(2);
  f.clock.t = 500;
  bar.show(3);
  bar.end();
  bar.end();
  expect(f.written.length).toBe(3);
  expect(f.written[0]).toMatch(/^\r\[█{5}░{15}\] x+$/);
  expect(f.written[0].length).toBe(60);
  expect(f.written[2]).toBe('\n');
});

test('a run that was taken up measures from where it began', () => {
  const f = fake(false);
  const bar = progressBar('training', 20, f.stream, { from: 10, now: f.now });
  f.clock.t = 5000;
  bar.show(15);
  expect(f.written).toEqual(['training 15/20, 5 s left\n']);
});

test('times in words', () => {
  expect([400, 59_400, 125_000, 3_780_000].map(showTime)).toEqual(['0 s', '59 s', '2 min 5 s', '1 h 3 min']);
});

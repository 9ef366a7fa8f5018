import { expect, test } from 'vitest';
import { lineChart } from '../../../src/cli/report/lineChart';

const point = (x: number, y: number, around = 0) => ({ x, y, low: y - around, high: y + around });
const chart = (lines: Parameters<typeof lineChart>[0]['lines']) =>
  lineChart({ title: 'Loss', x: 'step', y: 'loss', lines });

test('a line per arm, with a band where seeds differ and dots where points are few', () => {
  const text = chart([
    { name: 'a', colour: 0, points: [point(1, 1, 0.1), point(2, 0.5, 0.1)] },
    { name: 'b <x>', colour: 9, points: Array.from({ length: 20 }, (_, i) => point(i, i / 20)) },
  ]);
  expect(text.match(/<polyline/g)).toHaveLength(2);
  expect(text.match(/<polygon class="band"/g)).toHaveLength(1);
  expect(text.match(/<circle/g)).toHaveLength(2);
  expect(text).toContain('class="line c1 dashed"><title>b &lt;x&gt;: 0.950 at 19</title>');
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});

test('higher values lie higher, later steps further right, all inside', () => {
  const text = chart([{ name: 'a', colour: 0, points: [point(0, 0), point(10, 5)] }]);
  const [[x0, y0], [x1, y1]] = /<polyline points="([^"]+)"/
    .exec(text)![1]
    .split(' ')
    .map((p) => p.split(',').map(Number));
  expect(x0 < x1 && y0 > y1).toBe(true);
  const [width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(text)!.slice(1).map(Number);
  expect([x0, x1, y0, y1].every((v) => v >= 0) && x1 <= width && y0 <= height).toBe(true);
});

test('one point is a dot, none no chart', () => {
  expect(chart([{ name: 'a', colour: 0, points: [point(3, 1)] }])).not.toMatch(/NaN|Infinity/);
  expect(chart([{ name: 'a', colour: 0, points: [] }])).toBe('');
});

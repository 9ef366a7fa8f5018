import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/cli/report/comparison';
import { reportPage } from '../../../src/cli/report/page';
import { fakeRun } from './fixture';

test('the page is made of text that names cannot break, has no script and no address', () => {
  const c = compareRuns([fakeRun('<script>x</script>', 'a"b', 1, 0.7), fakeRun('two', 'a"b', 1, 0.6)]);
  const overlay = {
    arm: 'two',
    dataset: 'a"b',
    seed: 1,
    id: '"><i>',
    className: 'c',
    dice: 0.3,
    png: Uint8Array.of(1, 2),
  };
  const html = reportPage(c, { title: '<t>', lead: '<l>', overlays: [overlay] });
  expect(html).not.toMatch(/<script|<t>|<l>|<i>|https?:|url\(|\son\w+=/);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  expect(html).toContain('src="data:image/png;base64,AQI="');
  expect(html).toContain('2 arms, 1 data set, 2 runs');
});

test('the same runs give the same page; without curves and pictures those parts are left out', () => {
  const run = { ...fakeRun('one', 'd', 1, 0.7), curve: [] };
  const html = reportPage(compareRuns([run]), { title: 'T' });
  expect(reportPage(compareRuns([run]), { title: 'T' })).toBe(html);
  expect(html).not.toMatch(/<h3>|NaN|undefined/);
});

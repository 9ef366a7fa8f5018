import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimFigures, figuresMarkdown } from '../../../src/cli/claim/claimFigures';
import { PANEL, readPanels, savePanels, shownObjects } from '../../../src/cli/claim/claimPanels';
import type { ClaimPlan } from '../../../src/cli/claim/claimRuns';
import type { ClaimScore } from '../../../src/cli/claim/claimScores';
import { diskFolder } from '../../../src/cli/files';
import { folderData } from '../../../src/data/experiment/imageData';
import { decodeImage } from '../../../src/data/image';
import type { Evaluated } from '../../../src/train/evaluator';
import { resolveConfig } from '../../../src/train/experiment/config';
import type { TrainItem } from '../../../src/train/trainItem';
import { newFolder, writeCases } from '../adaptFixture';
import { bias, setOf, zeroShot } from './claimFixture';

const { data: config } = resolveConfig({ data: { split: { fraction: 0.5 } } });
const data = await folderData(await diskFolder(await writeCases(6)), 32, config);
const set = data.evaluation('point-1');
/** A model that finds the whole image, or the truth. */
const answers = (all: boolean) =>
  set.evaluate(
    async (rows: readonly TrainItem[]) =>
      rows.map(({ id, className, mask }): Evaluated => {
        const own = all ? mask.map(() => 1) : mask;
        const logits = Float32Array.from(own);
        return {
          ...{ id, className, mask: own, logits, score: 1 },
          ...{ dice: all ? 0.2 : 1, iou: 1, predicted: 1, truth: 1, empty: 'no' },
        };
      }),
    4,
    () => {},
  );

const free = setOf('free', { pictures: { show: true, credit: 'Somebody, CC BY 4.0' } });
const held = setOf('held', { pictures: { show: false, reason: 'research only' } });
const plan = {
  ...{ sets: [free, held], arms: [zeroShot, bias], prompts: ['point-1'], seeds: [1], root: () => '' },
  ...{ base: 'tiny', side: 32, folds: 1, patients: new Map(), transfer: false, common: {} },
} satisfies ClaimPlan;
const scoreOf = (of: ClaimScore['of'], where: ClaimScore['set'], path: string) =>
  ({ of, set: where, prompt: 'point-1', seed: 1, paths: [path] }) as unknown as ClaimScore;

const [bare, tuned] = [await newFolder(), await newFolder()];
await savePanels(bare, set, await answers(true));
await savePanels(tuned, set, await answers(false));

test('a run leaves the same objects, spread over its list', async () => {
  expect([shownObjects(8), shownObjects(1), shownObjects(0)]).toEqual([[2, 6], [0], []]);
  const [a, b] = [await readPanels(bare), await readPanels(tuned)];
  expect(a.map((i) => [i.id, i.className])).toEqual(b.map((i) => [i.id, i.className]));
  expect([a[0].dice, b[0].dice]).toEqual([0.2, 1]);
  expect(await readPanels(await newFolder())).toEqual([]);
});

test('objects in rows, arms in columns, the truth last; an arm that was not run is an empty cell', async () => {
  const [figure] = await claimFigures(plan, [scoreOf(zeroShot, free, bare)]);
  expect(figure.columns).toEqual(['image and prompt', 'zero-shot', 'biases', 'truth']);
  const png = await decodeImage(new Blob([figure.png as BlobPart]));
  expect(png.width).toBe(4 * (PANEL + 4) - 4);
  const at = (column: number, y = 20) => [
    ...png.data.slice(3 * (y * png.width + column * (PANEL + 4) + 20)).slice(0, 3),
  ];
  expect(at(2)).toEqual([255, 255, 255]);
  for (const column of [0, 1, 3]) expect(at(column)).not.toEqual([255, 255, 255]);
  // the whole image is blue in the column of the model that finds everything, not in the truth
  const blue = (column: number) => at(column)[2] - at(column)[0];
  expect(blue(1)).toBeGreaterThan(40);
  for (const column of [0, 3]) expect(blue(column)).toBeLessThan(10);
  expect(figure.rows.map((r) => r.dice)).toEqual([
    [0.2, null],
    [0.2, null],
  ]);
});

test('pictures that not everybody may show are left out by name', async () => {
  const scores = [free, held].flatMap((s) => [scoreOf(zeroShot, s, bare), scoreOf(bias, s, tuned)]);
  const text = figuresMarkdown(await claimFigures(plan, scores), 'point-1');
  expect(text).toContain('(results/free.png)');
  expect(text).toContain('Pictures: Somebody, CC BY 4.0.');
  expect(text).not.toContain('results/held.png');
  expect(text).toContain('- held (research only)');
  expect(text).toMatch(/Dice zero-shot 0\.200, biases 1\.000/);
  expect(figuresMarkdown([], 'point-1')).toBe('');
  expect((await readFile(join(bare, 'panels', '0-truth.png'))).length).toBeGreaterThan(50);
});

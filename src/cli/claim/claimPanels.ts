// Pictures of the same objects in every run, for figures that lay the arms side by side.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationSet, Measured } from '../../data/experiment/experimentData';
import { panelOf } from '../../data/experiment/overlay';
import { encodePng, type RgbImage } from '../../data/image';
import { resizeBytes } from '../../data/resample';
import { writeWhole } from '../files';

/** Longer side of a panel in pixels. */
export const PANEL = 112;
/** Objects of each set that are shown: spread evenly over its list, whatever they score. */
export const SHOWN = 2;

/** An object of a figure and what a run scored on it. */
export interface PanelInfo {
  readonly id: string;
  readonly className: string;
  readonly dice: number;
}

/** The kinds of panels that a run leaves for each object. */
export const KINDS = ['image', 'mask', 'truth'] as const;

/** Where they lie in a run's folder. */
export const panelFile = (k: number, kind: (typeof KINDS)[number]): string => join('panels', `${k}-${kind}.png`);

/** Saves image with prompt, predicted mask and truth of the shown objects, and index.json beside them. */
export async function savePanels(path: string, set: EvaluationSet, results: readonly Measured[]): Promise<void> {
  const infos: PanelInfo[] = [];
  for (const [k, i] of shownObjects(results.length).entries()) {
    const { item, framed } = set.shown(i);
    const { id, className, dice } = results[i];
    const over = {
      image: 'prompt',
      mask: { mask: framed(results[i].mask), colour: 'after' },
      truth: { mask: item.mask, colour: 'truth' },
    } as const;
    for (const kind of KINDS)
      await writeWhole(join(path, panelFile(k, kind)), encodePng(small(panelOf(item, over[kind]))));
    infos.push({ id, className, dice });
  }
  await writeWhole(join(path, 'panels', 'index.json'), JSON.stringify(infos));
}

/** What a run left; empty where it left nothing. */
export async function readPanels(path: string): Promise<readonly PanelInfo[]> {
  const text = await readFile(join(path, 'panels', 'index.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text) as PanelInfo[];
}

/** Places of the objects that are shown of `n`. */
export function shownObjects(n: number): number[] {
  const count = Math.min(SHOWN, n);
  return Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * n) / count));
}

function small(image: RgbImage): RgbImage {
  const scale = PANEL / Math.max(image.width, image.height);
  const [w, h] = [image.width, image.height].map((d) => Math.max(1, Math.round(d * scale)));
  return { width: w, height: h, data: resizeBytes(image, w, h).data };
}

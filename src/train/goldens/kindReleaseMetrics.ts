import { releaseTransformPrompt } from '../../models/sam/releasePrompt';
import { releaseDice, releaseIoU, releaseScore } from '../metrics/releaseScore';
import type { CaseInfo, Computed, GoldenCase } from './goldenCase';

/** Functions of the released code that score and that pass prompts on. */
export function isReleaseMetrics(info: CaseInfo): boolean {
  return /\beval_seg\b/.test(String(info.upstream_class ?? ''));
}

/** Every group of inputs by what it holds: pred and mask, a pair of masks, or clicks with labels. */
export function computeReleaseMetrics(c: GoldenCase): Computed {
  const out: Computed = new Map();
  const groups = new Set([...c.inputs.keys()].map((name) => name.slice(0, name.lastIndexOf('.'))));
  const input = (group: string, name: string) => c.inputs.get(`${group}.${name}`);
  const thresholds = Array.isArray(c.info.thresholds) ? c.info.thresholds.map(Number) : undefined;
  for (const group of groups) {
    const [pred, mask] = [input(group, 'pred'), input(group, 'mask')];
    if (pred && mask) {
      // Above two channels the released code works with one threshold only, and is given 0.5.
      const { iou, dice } = releaseScore(pred.data, mask.data, pred.shape, pred.shape[1] > 2 ? [0.5] : thresholds);
      out.set(`${group}.result`, Float32Array.from([...iou, ...dice]));
    }
    const [a, b] = [input(group, 'a'), input(group, 'b')];
    if (a && b) {
      out.set(`${group}.iou`, Float32Array.of(releaseIoU(a.data, b.data, a.shape[0])));
      out.set(`${group}.dice_coeff`, Float32Array.of(releaseDice(a.data, b.data, a.shape[0])));
    }
    const [coords, labels, hw] = [input(group, 'coords'), input(group, 'labels'), input(group, 'hw')];
    if (coords && labels && hw) {
      const [batch, rows] = coords.shape;
      const prompt = releaseTransformPrompt(coords.data, labels.data, [batch, rows], [hw.data[0], hw.data[1]]);
      out.set(`${group}.coords_out`, prompt.coords);
      out.set(`${group}.labels_out`, Float32Array.from(prompt.labels));
    }
  }
  return out;
}

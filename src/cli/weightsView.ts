import type { GeneratedWeights, WeightsRow } from '../adapters/generatedWeights';
import { encodePng } from '../data/image';
import type { Prompt } from '../models/sam/prompt';

/** Rows of generated weights as aligned text, with the click of each. */
export function weightsText(rows: readonly WeightsRow[], prompts: readonly Prompt[]): string {
  const head = ['block', 'W', 'click', '‖W‖', '‖W − 1‖/‖1‖', 'from the first'];
  const body = rows.map((r) => [
    r.block,
    String(r.n),
    (prompts[r.prompt].points ?? []).map((p) => p.join(', ')).join('; '),
    ...[r.norm, r.fromIdentity, r.fromFirst].map((v) => v.toFixed(4)),
  ]);
  const widths = head.map((h, c) => Math.max(h.length, ...body.map((b) => b[c].length)));
  return [head, ...body].map((cells) => cells.map((c, i) => c.padEnd(widths[i])).join('  ')).join('\n');
}

/** Pixels of an element. */
const ZOOM = 6;

/** One PNG per prompt by its name: W as r × r cells, red above 0, blue below, white at 0; the strongest fully coloured. */
export function* matrixPng({ block, n, shape, data }: GeneratedWeights): Generator<[string, Uint8Array]> {
  const r = shape[shape.length - 1];
  const size = data.length / shape[0];
  for (let prompt = 0; prompt < shape[0]; prompt++) {
    // Per token there are several; the first stands for them.
    const w = data.subarray(prompt * size, prompt * size + r * r);
    const most = w.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-12);
    const side = r * ZOOM;
    const pixels = new Uint8Array(side * side * 3);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const v = w[Math.floor(y / ZOOM) * r + Math.floor(x / ZOOM)] / most;
        const fade = Math.round(255 * (1 - Math.abs(v)));
        pixels.set(v >= 0 ? [255, fade, fade] : [fade, fade, 255], 3 * (y * side + x));
      }
    }
    yield [`${block}-W${n}-prompt${prompt}.png`, encodePng({ width: side, height: side, data: pixels })];
  }
}

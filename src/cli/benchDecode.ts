import type { Gpu } from '../gpu/device';
import { type SamName, samConfig } from '../models/sam/config';
import { makePredictor } from '../models/sam/predictor';
import { buildSam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import { values } from './benchWorkloads';

/** What a click costs once the image is encoded. */
export interface DecodeRow {
  readonly model: string;
  readonly clicks: number;
  /** The first click plans and compiles; later ones are answered as a person clicks: mask in hand, at image size. */
  readonly firstMs: number;
  readonly bestMs: number;
  readonly medianMs: number;
}

/** Clicks that are timed for each number of points. */
const TIMED = 10;

/** Milliseconds from prompt to mask with a cached embedding; weights are random, which costs the same. */
export async function decodeRows(gpu: Gpu, models: readonly SamName[]): Promise<DecodeRow[]> {
  const rows: DecodeRow[] = [];
  for (const name of models) {
    const sam = buildSam({ params: makeParams(1) }, samConfig(name));
    await uploadParams(sam.params, gpu);
    const side = sam.config.imageEncoder.imgSize;
    const { embedDim, imageEmbeddingSize } = sam.config.promptEncoder;
    const [h, w] = imageEmbeddingSize;
    const predictor = makePredictor(gpu, sam);
    predictor.setEmbedding(values('embedding', embedDim * h * w), [side, side], [side, side]);
    for (const clicks of [1, 3]) {
      const times: number[] = [];
      for (let i = 0; i <= TIMED; i++) {
        const points = Array.from({ length: clicks }, (_, k): [number, number] => [
          (side * ((7 * i + 3 * k) % 10)) / 10,
          (side * ((3 * i + 5 * k) % 10)) / 10,
        ]);
        const t0 = performance.now();
        await predictor.predict({ points, labels: points.map((_, k) => (k % 2 ? 0 : 1)) }, true);
        times.push(performance.now() - t0);
      }
      const [firstMs, ...rest] = times;
      rest.sort((a, b) => a - b);
      rows.push({ model: name, clicks, firstMs, bestMs: rest[0], medianMs: rest[rest.length >> 1] });
    }
    predictor.destroy();
  }
  return rows;
}

/** The rows as a table of texts; the first is its head. */
export function decodeTable(rows: readonly DecodeRow[]): string[][] {
  const head = ['model', 'clicks', 'first, ms', 'best, ms', 'median, ms'];
  const body = rows.map((r) => [r.model, `${r.clicks}`, ...[r.firstMs, r.bestMs, r.medianMs].map((v) => v.toFixed(1))]);
  return [head, ...body];
}

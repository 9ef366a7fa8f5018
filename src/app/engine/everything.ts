import { enlargeMask, type MaskBox, maskBox, nms, pointGrid, stabilityScore } from '../../data/automaticMask';
import { withoutSmallRegions } from '../../data/maskRegions';
import type { Prediction } from '../../models/sam/predictor';
import type { Prompt } from '../../models/sam/prompt';
import { packMask } from '../document/runs';
import type { EverythingConfig } from '../everythingConfig';
import type { ArgsOf } from '../protocol';
import type { CallContext } from '../rpc';
import type { FoundMask } from '../segmentProtocol';
import { type Desk, keptAt } from './decode';
import { Cancelled } from './describe';
import { embed } from './model';
import type { Picture } from './picture';

/** A mask that passed the filters, with the box that it is compared by. */
interface Candidate extends FoundMask {
  readonly box: MaskBox;
}

/**
 * SAM's automatic mask generator on one slice: three masks at each point of a grid, decoded in batches; those that the
 * model doubts, that are unstable, too small or too large go; of those that agree the best stays. Source:
 * automatic_mask_generator.py, without crops. Rejects as `Cancelled` between two batches. Clicks are answered meanwhile.
 */
export async function everythingAt(
  desk: Desk,
  { at, which, options }: ArgsOf<'everything'>,
  context: CallContext,
): Promise<FoundMask[]> {
  const c = desk.cases.get(at.case);
  const picture = desk.pictures.at(c, at, desk.base.info.imgSize);
  const points = pointGrid(options.pointsPerSide, picture.original);
  const size = Math.min(options.pointsPerBatch, points.length);
  const found: Candidate[] = [];
  for (let from = 0; from < points.length; from += size) {
    context.progress({ kind: 'work', what: 'Everything: points', done: from, total: points.length });
    const some = points.slice(from, from + size);
    const answers = await desk.inTurn(which, async () => {
      if (context.signal.aborted) throw new Cancelled();
      const model = desk.model(which);
      await embed(model, picture, () => keptAt(desk, c, at, which));
      return model.predictor.predictLow(batchOf(some, size), true);
    });
    for (const answer of answers.slice(0, some.length)) found.push(...candidates(answer, picture, desk, options));
  }
  return distinct(found, options);
}

/** One prompt a point; the last batch is filled up, so that all are of one shape and one plan serves them. */
function batchOf(points: readonly [number, number][], size: number): Prompt[] {
  return Array.from({ length: size }, (_, i) => ({ points: [points[Math.min(i, points.length - 1)]], labels: [1] }));
}

/** The masks at one point that pass the filters. */
function candidates(
  { n, iou, lowRes }: Pick<Prediction, 'n' | 'iou' | 'lowRes'>,
  { original }: Picture,
  { base }: Desk,
  o: EverythingConfig,
): Candidate[] {
  const out: Candidate[] = [];
  const cells = lowRes.length / n;
  for (let i = 0; i < n; i++) {
    if (!(iou[i] > o.predIouThresh)) continue;
    const logits = enlargeMask(lowRes.slice(i * cells, (i + 1) * cells), base.info.imgSize, original);
    const stability = stabilityScore(logits, { offset: o.stabilityScoreOffset });
    if (stability < o.stabilityScoreThresh) continue;
    const made = candidate(logits, { iou: iou[i], stability }, original, o);
    if (made) out.push(made);
  }
  return out;
}

function candidate(
  logits: Float32Array,
  scores: Pick<FoundMask, 'iou' | 'stability'>,
  [rows, columns]: Picture['original'],
  o: EverythingConfig,
): Candidate | null {
  const raw = Uint8Array.from(logits, (v) => (v > 0 ? 1 : 0));
  const mask = o.minMaskRegionArea ? withoutSmallRegions(raw, [rows, columns], o.minMaskRegionArea) : raw;
  const box = maskBox(mask, columns);
  const area = mask.reduce((sum, v) => sum + v, 0);
  if (!box || area < o.minArea || area > (o.maxArea / 100) * rows * columns) return null;
  return { ...scores, box, area, mask: packMask(mask) };
}

/** One of each, the largest first: smaller ones are then drawn over them. */
function distinct(found: readonly Candidate[], o: EverythingConfig): FoundMask[] {
  const boxes = found.map((c) => c.box);
  const scores = found.map((c) => c.iou);
  return nms(boxes, scores, o.boxNmsThresh)
    .map((i) => found[i])
    .sort((a, b) => b.area - a.area)
    .map(({ mask, area, iou, stability }) => ({ mask, area, iou, stability }));
}

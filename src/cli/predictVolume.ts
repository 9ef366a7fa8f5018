import type { Triple } from '../data/affine';
import { askingRow, tokensOfPrompt } from '../data/askingRow';
import type { Predict } from '../data/experiment/experimentData';
import type { SlabSpec } from '../data/slabs';
import { slideVolume, unseenLogit } from '../data/slidingVolume';
import { logitsToSource, type PreparedVolume } from '../data/volumePrepare';
import type { Prompt, Size } from '../models/sam/prompt';
import type { Found } from './predictImage';
import type { ObjectPrompt } from './predictPrompts';

/** The prompt of each slice that has one. */
type SlicePrompts = ReadonlyMap<number, Prompt>;

/**
 * The objects of a volume by their prompts, on its own grid; without any, the one at the centre of every slice. Slices without a prompt
 * of their own help their neighbours but get no mask.
 */
export async function predictVolume(
  prepared: PreparedVolume,
  prompts: readonly ObjectPrompt[] | null,
  spec: SlabSpec,
  predict: Predict,
  onWindow: (done: number, total: number) => void,
): Promise<Found[]> {
  const out: Found[] = [];
  for (const [i, object] of (prompts ?? [null]).entries()) {
    const slices = object ? slicePrompts(prepared, object) : centres(prepared);
    const tokens = Math.max(...[...slices.values()].map((p) => tokensOfPrompt(countsOf(p))));
    const logits = await slideVolume(
      prepared,
      spec,
      async ({ slices: rows, frames }) => {
        if (!rows.some((z) => slices.has(z))) return null;
        const size: Size = [prepared.dims[1], prepared.dims[0]];
        const items = rows.map((z, d) => askingRow(frames[d], size, slices.get(z) ?? null, tokens));
        const results = await predict(items);
        const plane = prepared.side ** 2;
        const data = new Float32Array(rows.length * plane);
        for (const [d, { logits: slice }] of results.entries()) data.set(slice, d * plane);
        return { data, side: prepared.side };
      },
      onWindow,
    );
    const plane = prepared.dims[0] * prepared.dims[1];
    for (let z = 0; z < prepared.dims[2]; z++) if (!slices.has(z)) logits.fill(unseenLogit, z * plane, (z + 1) * plane);
    out.push({ name: object?.name ?? 'object', value: i + 1, score: null, logits: logitsToSource(prepared, logits) });
  }
  return out;
}

const countsOf = ({ points = [], box }: Prompt) => ({ points, box: box ? [...box] : null });

function centres({ dims: [w, h, n] }: PreparedVolume): SlicePrompts {
  const centre: Prompt = { points: [[(w - 1) / 2, (h - 1) / 2]], labels: [1] };
  return new Map(Array.from({ length: n }, (_, z) => [z, centre]));
}

/** Points stand on their own slices; a box reaches over the slices between its corners. Throws for what lies outside. */
function slicePrompts(prepared: PreparedVolume, { name, points, labels, box }: ObjectPrompt): SlicePrompts {
  const whole = points.find((p) => p.length !== 3) ?? (box && box.length !== 6 ? box : null);
  if (whole)
    throw new Error(`${name}: (${whole.join(', ')}) has no third coordinate; in a volume give i,j,k in voxels`);
  const out = new Map<number, { points: [number, number][]; labels: number[]; box?: Prompt['box'] }>();
  const at = (z: number) => {
    const found = out.get(z) ?? { points: [], labels: [] };
    out.set(z, found);
    return found;
  };
  for (const [i, p] of points.entries()) {
    const [x, y, z] = toView(prepared, p as unknown as Triple, name);
    const slice = at(Math.round(z));
    slice.points.push([x, y]);
    slice.labels.push(labels[i]);
  }
  if (box) {
    const a = toView(prepared, box.slice(0, 3) as unknown as Triple, name);
    const b = toView(prepared, box.slice(3) as unknown as Triple, name);
    const [low, high] = [a.map((v, k) => Math.min(v, b[k])), a.map((v, k) => Math.max(v, b[k]))];
    for (let z = Math.round(low[2]); z <= Math.round(high[2]); z++) at(z).box = [low[0], low[1], high[0], high[1]];
  }
  return out;
}

/** A voxel of the file as (column, row, slice) of the prepared view. */
function toView({ source, turn, viewDims, dims }: PreparedVolume, voxel: Triple, name: string): Triple {
  const outside = voxel.some((v, a) => !(v >= 0 && v <= source.dims[a] - 1));
  if (outside)
    throw new Error(`${name}: (${voxel.join(', ')}) lies outside the volume of ${source.dims.join(' × ')} voxels`);
  const turned = turn.from.map((axis, a) => (turn.flip[a] ? source.dims[axis] - 1 - voxel[axis] : voxel[axis]));
  // Resampling keeps the corners of the box of voxels where they are.
  return turned.map((v, a) => ((v + 0.5) * dims[a]) / viewDims[a] - 0.5) as unknown as Triple;
}

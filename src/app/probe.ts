/** What lies under the pointer: where in the patient, which voxel of the file, which value. */
import { applyAffine, type Triple } from '../data/affine';
import type { App } from './app';
import type { CaseInfo } from './document/caseInfo';
import { sliceOf } from './document/look';
import { type PlaneGeometry, voxelAt } from './document/planes';
import { setText } from './dom';
import { makeLatest } from './latest';
import { shownCase } from './state';
import type { ToolEvent } from './tool';

/**
 * A read-out in `node`; call it with every move of the pointer over a plane, null when it leaves. While the pointer rests it follows the
 * slice.
 */
export function makeProbe(
  { client, store }: Pick<App, 'client' | 'store'>,
  node: HTMLElement,
): (e: ToolEvent | null) => void {
  let now: Triple | null = null;
  let last: { readonly e: ToolEvent; readonly info: CaseInfo } | null = null;
  const ask = makeLatest<{ info: CaseInfo; voxel: Triple; where: string }>(async ({ info, voxel, where }) => {
    try {
      const value = await client.call('probe', { case: info.id, voxel });
      if (now !== voxel) return;
      setText(node, `${where}   ${value.map(showVoxel).join(' ')}`);
      told = node;
    } catch {
      // The case was closed meanwhile.
    }
  });
  const update = (e: ToolEvent | null) => {
    const info = shownCase(store.get())?.info;
    last = e && info ? { e, info } : null;
    now = e && info ? voxelUnder(e.geometry, e.x, e.y, e.slice) : null;
    if (!now || !info || !e) {
      ask.drop();
      return setText(node, '');
    }
    ask.request({ info, voxel: now, where: placeText(info, e.geometry, e.x, e.y, e.slice) });
  };
  store.watch((s) => {
    const open = shownCase(s);
    if (!last || !open) return;
    if (open.info !== last.info) return update(null);
    const slice = sliceOf(open.info, open.look, last.e.plane);
    if (slice !== last.e.slice) update({ ...last.e, slice });
  });
  return update;
}

/** The read-out that was filled last. */
let told: HTMLElement | null = null;

/** What the latest read-out says, to be copied; null where it says nothing. `said` puts a word behind it until it changes. */
export function placeToCopy(): { readonly text: string; said(word: string): void } | null {
  const node = told;
  const text = node?.textContent ?? '';
  return node && text
    ? { text: text.replace(/ {2,}/g, '  '), said: (word) => setText(node, `${text}   ${word}`) }
    : null;
}

/** The voxel of the case's grid under a place on a slice; null outside. */
export function voxelUnder(g: PlaneGeometry, x: number, y: number, slice: number): Triple | null {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= g.columns || row >= g.rows) return null;
  return voxelAt(g, column, row, slice);
}

/** A voxel of the case's grid as the file counts it, from 0. */
export function fileVoxel({ source: { turn, dims } }: Pick<CaseInfo, 'source'>, voxel: Triple): Triple {
  if (!turn) return voxel;
  const out: [number, number, number] = [0, 0, 0];
  turn.from.forEach((axis, a) => {
    out[axis] = turn.flip[a] ? dims[axis] - 1 - voxel[a] : voxel[a];
  });
  return out;
}

const SIDES = ['RL', 'AP', 'SI'] as const;

/** `R 12.3  A 4.0  S 55.1 mm  [128 90 12]` of a place on a slice; of an image its pixel. */
export function placeText(info: CaseInfo, g: PlaneGeometry, x: number, y: number, slice: number): string {
  const voxel = voxelUnder(g, x, y, slice);
  if (!voxel) return '';
  if (info.kind === 'image') return `x ${voxel[0]}  y ${voxel[1]}`;
  // To the part of a voxel: centres of voxels are whole numbers of the affine.
  const mm = applyAffine(info.affine, voxelAt(g, x - 0.5, y - 0.5, slice));
  const sides = mm.map((v, a) => `${SIDES[a][v < 0 ? 1 : 0]} ${Math.abs(v).toFixed(1)}`);
  return `${sides.join('  ')} mm   [${fileVoxel(info, voxel).join(' ')}]`;
}

/** A value with the digits that count. */
export function showVoxel(v: number): string {
  return (Number.isInteger(v) ? String(v) : v.toPrecision(4)).replace('-', '−');
}

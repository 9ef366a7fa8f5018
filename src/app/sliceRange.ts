/** Two fields for a range of slices of the plane that is worked in, counted from 1 on the page and from 0 elsewhere. */
import { planeOf } from './document/planes';
import { el } from './dom';
import type { OpenCase } from './state';

/** The fields. */
export interface SliceRange {
  readonly rows: readonly HTMLElement[];
  readonly inputs: readonly HTMLInputElement[];
  /** First and last slice from 0, in order and within the plane. */
  read(open: OpenCase): readonly [from: number, to: number];
  /** All slices, where case, plane or `key` are others than before; true then. */
  renew(open: OpenCase, key?: string): boolean;
}

/** The range of two numbers as they were typed, held within the slices of a plane. */
export function rangeWithin(first: number, last: number, slices: number): readonly [from: number, to: number] {
  const held = (v: number, otherwise: number) =>
    Math.min(slices, Math.max(1, Math.round(Number.isFinite(v) ? v : otherwise))) - 1;
  const [a, b] = [held(first, 1), held(last, slices)];
  return [Math.min(a, b), Math.max(a, b)];
}

/** Whether the shown case has slices to go through in the plane that is worked in. */
export function hasSlices(open: OpenCase | null): open is OpenCase {
  return open?.info.kind === 'volume' && planeOf(open.info, open.look.plane).slices > 1;
}

/** Makes them. */
export function makeSliceRange(): SliceRange {
  const field = (label: string, title: string) => {
    const node = el('input', { type: 'number', value: '1', min: '1', max: '1', step: '1' });
    return { node, row: el('label', { title }, label, node) };
  };
  const first = field('From slice', 'First slice that may get a mask');
  const last = field('To slice', 'Last slice that may get a mask');
  const slicesOf = ({ info, look }: OpenCase) => planeOf(info, look.plane).slices;
  let known = '';
  return {
    rows: [first.row, last.row],
    inputs: [first.node, last.node],
    read: (open) => rangeWithin(first.node.valueAsNumber, last.node.valueAsNumber, slicesOf(open)),
    renew(open, key = '') {
      const now = `${open.info.id} ${open.look.plane} ${key}`;
      if (now === known) return false;
      known = now;
      const slices = String(slicesOf(open));
      for (const { node } of [first, last]) node.max = slices;
      [first.node.value, last.node.value] = ['1', slices];
      return true;
    },
  };
}

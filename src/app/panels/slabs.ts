/** 3-D segmentation by slabs: what it takes first, then the run. */

import { showBytes } from '../../gpu/errors';
import { type App, follow } from '../app';
import { objectOf } from '../document/document';
import { planeOf } from '../document/planes';
import { areaOf } from '../document/runs';
import { el, setEnabled, setShown, setText } from '../dom';
import { showSeconds } from '../format';
import type { Panel } from '../panel';
import { seeds, setSlice } from '../propagate';
import { slabPrompts } from '../slabPrompts';
import { type AppState, type OpenCase, shownCase } from '../state';
import type { SlabPlan, SlabResult } from '../volumeProtocol';
import { tracked } from '../work';

/** The panel. */
export const panel: Panel = { id: 'slabs', place: 'segment', title: '3-D by slabs', order: 19, mount };

/** Masks with a lower estimate are left out. */
const LEAST_SCORE = 0.3;

/** What is segmented: an object of the shown case, in the plane that is worked in. */
interface Task {
  readonly open: OpenCase;
  readonly object: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

function mount(host: HTMLElement, app: App): void {
  const input = (label: string, value: string, most: string, title: string) => {
    const node = el('input', { type: 'number', value, min: '1', max: most, step: '1' });
    return { node, row: el('label', { title }, label, node) };
  };
  const first = input('From slice', '1', '1', 'First slice that is segmented');
  const last = input('To slice', '1', '1', 'Last slice that is segmented');
  const depth = input('Slices a slab', '8', '64', 'More see further, and take more memory');
  const estimate = el(
    'button',
    {
      id: 'slabs-estimate',
      type: 'button',
      className: 'plain wide',
      title: 'Tells time and memory; nothing is segmented yet',
    },
    'Estimate',
  );
  const start = el('button', { id: 'slabs-start', type: 'button', className: 'primary' }, 'Segment');
  const words = el('p', { className: 'quiet', attrs: { role: 'status' } });
  const fields = el('div', { className: 'volume-fields' }, first.row, last.row, depth.row);
  const what = 'Slabs of slices, overlapping, for the object as prompted';
  host.append(el('details', { className: 'fold' }, el('summary', {}, what), fields, estimate, words, start));
  const task = (): Task | null =>
    taskOf(
      app.store.get(),
      [first.node, last.node, depth.node].map((n) => n.valueAsNumber),
    );
  setShown(start, false);
  const forget = () => {
    setShown(start, false);
    setText(words, '');
  };
  for (const { node } of [first, last, depth]) node.addEventListener('input', forget);
  estimate.addEventListener('click', async () => {
    const t = task();
    const plan = t && (await planned(app, t));
    if (!plan) return;
    setText(words, wordsOfPlan(plan));
    setShown(start, true);
  });
  start.addEventListener('click', async () => {
    const t = task();
    const found = t && (await segmented(app, t));
    setShown(start, false);
    if (t && found) setText(words, accept(app, t, found));
  });
  let range = '';
  follow(app, (s) => {
    const open = shownCase(s);
    const volume = open?.info.kind === 'volume' && planeOf(open.info, open.look.plane).slices > 1;
    setShown(host.parentElement ?? host, volume === true);
    if (!open || !volume) return;
    const now = `${open.info.id} ${open.look.plane} ${s.which}`;
    if (now !== range) {
      range = now;
      const { slices } = planeOf(open.info, open.look.plane);
      for (const { node } of [first, last]) node.max = String(slices);
      [first.node.value, last.node.value] = ['1', String(slices)];
      forget();
    }
    const ready = s.engine === 'ready' && s.work === null && task() !== null;
    setEnabled(estimate, ready);
    setEnabled(start, ready);
    estimate.title = task()
      ? 'Tells time and memory; nothing is segmented yet'
      : 'Prompt or mask an object on one slice first';
  });
}

/** The object that is meant: the active one with prompts or masks, else one with a mask on this slice; null where there is none. */
function taskOf(s: AppState, [first, last, depth]: readonly number[]): Task | null {
  const open = shownCase(s);
  if (!open || ![first, last, depth].every(Number.isFinite)) return null;
  const { slices } = planeOf(open.info, open.look.plane);
  const held = (v: number) => Math.min(slices, Math.max(1, Math.round(v))) - 1;
  const doc = open.timeline.now;
  const active = objectOf(doc, doc.active);
  const object = active && !active.locked && (active.prompts.size || active.masks.size) ? active : seeds(open)[0];
  if (!object) return null;
  const [from, to] = [held(Math.min(first, last)), held(Math.max(first, last))];
  return { open, object: object.id, from, to, depth: Math.min(64, Math.max(1, Math.round(depth))) };
}

const rangeOf = ({ open, from, to }: Task) => {
  const { plane, modelWindow } = open.look;
  return { case: open.info.id, plane, window: modelWindow, from, to };
};

async function planned({ client, control, store }: App, t: Task): Promise<SlabPlan | null> {
  const { which } = store.get();
  try {
    return await tracked(store, (onProgress) =>
      client.call('slabPlan', { ...rangeOf(t), which, depth: t.depth }, { onProgress }),
    );
  } catch (error) {
    control.report(error, 'while estimating');
    return null;
  }
}

async function segmented({ client, control, store }: App, t: Task): Promise<SlabResult | null> {
  const { which } = store.get();
  const object = objectOf(t.open.timeline.now, t.object);
  if (!object) return null;
  const prompts = slabPrompts(t.open.info, t.open.look.plane, object, [t.from, t.to]);
  try {
    return await tracked(
      store,
      (onProgress, signal) =>
        client.call('slabs', { ...rangeOf(t), which, depth: t.depth, prompts }, { onProgress, signal }),
      new AbortController().signal,
    );
  } catch (error) {
    control.report(error, 'while segmenting slabs');
    return null;
  }
}

/** Segmentations so far: the masks of each are one step to undo. */
let rows = 0;

/** The masks become the object's, in one step to undo. In words, what came of it. */
function accept({ store }: App, { open, object, from, to }: Task, found: SlabResult): string {
  const g = planeOf(open.info, open.look.plane);
  const row = `slabs ${++rows}`;
  const kept = found.filter(
    ({ slice, mask, score }) =>
      score >= LEAST_SCORE && areaOf(mask) > 0 && setSlice(store, open.info, object, { g, slice, mask, row }),
  );
  return `${kept.length} of ${to - from + 1} slices have a new mask.`;
}

function wordsOfPlan({ depth, windows, seesDepth, gpuBytes, bytes, seconds }: SlabPlan): string {
  const sees = seesDepth
    ? 'SD-Trans: the slices of a slab see each other.'
    : 'This model has no SD-Trans: each slice stands alone. Adapt with SD-Trans for more.';
  const memory = `${showBytes(gpuBytes)} on the GPU, ${showBytes(bytes)} beside it`;
  const lever = depth > 1 ? ' Fewer slices a slab take less.' : '';
  return `${windows} slab${windows === 1 ? '' : 's'} of ${depth} slices · about ${showSeconds(seconds)} · ${memory}.${lever} ${sees}`;
}

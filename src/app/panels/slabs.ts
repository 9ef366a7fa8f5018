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
import { hasSlices, makeSliceRange } from '../sliceRange';
import { type AppState, type OpenCase, shownCase } from '../state';
import type { SlabPlan, SlabResult } from '../volumeProtocol';
import { tracked } from '../work';

/** The panel. */
export const panel: Panel = { id: 'slabs', place: 'segment', title: '3-D by slabs', order: 19, mount };

/** What is segmented: an object of the shown case, in the plane that is worked in. */
interface Task {
  readonly open: OpenCase;
  readonly object: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  /** Slices with a lower estimate get no mask. */
  readonly minScore: number;
}

type Fields = ReturnType<typeof fieldsOf>;

function fieldsOf() {
  const range = makeSliceRange();
  const depth = el('input', { type: 'number', value: '8', min: '1', max: '64', step: '1' });
  const score = el('input', { type: 'number', value: '0.15', min: '0', max: '1', step: '0.05' });
  const element = el(
    'div',
    { className: 'volume-fields' },
    ...range.rows,
    el('label', { title: 'More see further, and take more memory' }, 'Slices a slab', depth),
    el('label', { title: 'Slices with a lower estimate of IoU get no mask' }, 'Score at least', score),
  );
  return { element, range, depth, score };
}

function mount(host: HTMLElement, app: App): void {
  const fields = fieldsOf();
  const estimate = el('button', { id: 'slabs-estimate', type: 'button', className: 'plain wide' }, 'Estimate');
  const start = el('button', { id: 'slabs-start', type: 'button', className: 'primary' }, 'Segment');
  const words = el('p', { className: 'quiet', attrs: { role: 'status' } });
  const what = el('summary', {}, 'Slabs of slices, overlapping, for the object as prompted');
  host.append(el('details', { className: 'fold' }, what, fields.element, estimate, words, start));
  const forget = () => {
    setShown(start, false);
    setText(words, '');
  };
  forget();
  for (const node of [...fields.range.inputs, fields.depth]) node.addEventListener('input', forget);
  estimate.addEventListener('click', async () => {
    const task = taskOf(app.store.get(), fields);
    const plan = task && (await planned(app, task));
    if (plan) setText(words, wordsOfPlan(plan));
    setShown(start, plan !== null);
  });
  start.addEventListener('click', async () => {
    const task = taskOf(app.store.get(), fields);
    const found = task && (await segmented(app, task));
    setShown(start, false);
    if (task && found) setText(words, accept(app, task, found));
  });
  follow(app, (s) => {
    const open = shownCase(s);
    setShown(host.parentElement ?? host, hasSlices(open));
    if (!hasSlices(open)) return;
    if (fields.range.renew(open, s.which)) forget();
    const task = taskOf(s, fields);
    for (const button of [estimate, start])
      setEnabled(button, s.engine === 'ready' && s.work === null && task !== null);
    estimate.title = task
      ? 'Tells time and memory; nothing is segmented yet'
      : 'Prompt or mask an object on one slice first';
  });
}

/** The object that is meant: the active one with prompts or masks, else one with a mask on this slice; null where there is none. */
function taskOf(s: AppState, { range, depth, score }: Fields): Task | null {
  const open = shownCase(s);
  if (!open) return null;
  const doc = open.timeline.now;
  const active = objectOf(doc, doc.active);
  const object = active && !active.locked && (active.prompts.size || active.masks.size) ? active : seeds(open)[0];
  if (!object) return null;
  const [from, to] = range.read(open);
  const [d, least] = [depth.valueAsNumber || 1, score.valueAsNumber || 0];
  return { open, object: object.id, from, to, depth: Math.min(64, Math.max(1, Math.round(d))), minScore: least };
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
function accept({ store }: App, { open, object, from, to, minScore }: Task, found: SlabResult): string {
  const g = planeOf(open.info, open.look.plane);
  const row = `slabs ${++rows}`;
  const kept = found.filter(
    ({ slice, mask, score }) =>
      score >= minScore && areaOf(mask) > 0 && setSlice(store, open.info, object, { g, slice, mask, row }),
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

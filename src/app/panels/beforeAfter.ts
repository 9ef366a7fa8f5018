/** Held-out objects before and after training, and the truth: swipe, what changed, Dice by object and slice. */
import { type App, follow } from '../app';
import { unpackMask } from '../document/runs';
import { el, setShown, setText } from '../dom';
import { showScore } from '../format';
import { makeLatest } from '../latest';
import { maskEdges } from '../maskShape';
import { COLOURS, type CompareMode, paintObject, type Rgb } from '../objectPaint';
import type { Panel } from '../panel';
import type { ObjectPicture, RunInfo } from '../runProtocol';
import { choiceOf } from './trainOn';

/** The panel. */
export const panel: Panel = { id: 'before-after', place: 'adapt', title: 'Before, after, truth', order: 40, mount };

/** Pixels of the canvas along its longer side, at least. */
const SIDE = 560;

interface Wanted {
  readonly run: string;
  readonly index: number;
  readonly slice: number | null;
}

function mount(host: HTMLElement, app: App): void {
  const object = choiceOf('held-out', 'Object', [], true);
  const slice = choiceOf('held-out-slice', 'Slice', []);
  const mode = choiceOf('compare-mode', 'Show', [
    ['swipe', 'before | after'],
    ['difference', 'what changed'],
  ]);
  const swipe = el('input', { id: 'swipe', type: 'range', min: '0', max: '1', step: '0.01', value: '0.5' });
  swipe.setAttribute('aria-label', 'Left of the line before, right of it after');
  const canvas = el('canvas', { id: 'held-out-canvas', className: 'held-out', attrs: { role: 'img' } });
  const legend = el('p', { className: 'legend' });
  const score = el('p', { id: 'held-out-score', className: 'quiet', attrs: { role: 'status' } });
  const large = el('button', { type: 'button', className: 'plain small' }, 'Full screen');
  const stage = el('div', { className: 'held-out-stage' }, canvas, swipe, legend, score);
  large.addEventListener('click', () => void stage.requestFullscreen().catch(app.control.report));
  host.append(object.row, slice.row, mode.row, stage, el('div', { className: 'row' }, large));
  let picture: ObjectPicture | null = null;
  const draw = () => {
    if (!picture) return;
    const how = mode.select.value as CompareMode;
    drawPicture(canvas, picture, how, Number(swipe.value));
    setShown(swipe, how === 'swipe');
    legend.replaceChildren(...legendOf(how));
  };
  const show = async ({ run, index, slice: at }: Wanted) => {
    picture = await app.client.call('runObject', { run, index, slice: at });
    fillSlices(slice.select, picture);
    setShown(slice.row, picture.slices.length > 1);
    const found = picture.slices.find((s) => s.slice === picture?.slice);
    const text = scoreText(app.store.get().run, index, picture.slices.length > 1 ? found : undefined);
    setText(score, text);
    canvas.setAttribute('aria-label', `Held-out object. ${text}`);
    draw();
  };
  const latest = makeLatest((w: Wanted) =>
    show(w).catch((error) => app.control.report(error, 'while showing a held-out object')),
  );
  const wanted = (at: number | null) => {
    const { run } = app.store.get();
    if (run?.objects.length && !run.imported)
      latest.request({ run: run.id, index: Number(object.select.value) || 0, slice: at });
  };
  object.select.addEventListener('change', () => wanted(null));
  slice.select.addEventListener('change', () => wanted(Number(slice.select.value)));
  mode.select.addEventListener('change', draw);
  swipe.addEventListener('input', draw);
  dragLine(canvas, swipe, draw);
  follow(app, (s, before) => {
    const able = s.run !== null && s.run.objects.length > 0 && !s.run.imported;
    const box = host.closest('section');
    if (box) setShown(box, able);
    // While a run goes on, the engine has better things to do than to draw.
    if (!able || (s.running && s.run?.phase !== 'training')) return;
    if (s.run?.objects === before?.run?.objects && s.tab === before?.tab && s.running === before?.running) return;
    fillObjects(object.select, s.run!);
    if (s.tab === 'adapt') wanted(null);
  });
}

/** The line follows the pointer on the picture. */
function dragLine(canvas: HTMLCanvasElement, swipe: HTMLInputElement, draw: () => void): void {
  const move = (e: PointerEvent) => {
    if (!e.buttons) return;
    const { left, width } = canvas.getBoundingClientRect();
    swipe.value = String((e.clientX - left) / width);
    draw();
  };
  canvas.addEventListener('pointerdown', (e) => {
    canvas.setPointerCapture(e.pointerId);
    move(e);
  });
  canvas.addEventListener('pointermove', move);
}

function fillObjects(select: HTMLSelectElement, { objects }: RunInfo): void {
  const { value } = select;
  const text = (o: RunInfo['objects'][number]) =>
    `${o.className} · ${o.id} · ${showScore(o.before)} › ${showScore(o.after)}`;
  select.replaceChildren(...objects.map((o, i) => el('option', { value: String(i) }, text(o))));
  select.value = Number(value) < objects.length && value !== '' ? value : '0';
}

function fillSlices(select: HTMLSelectElement, { slices, slice }: ObjectPicture): void {
  const text = (s: ObjectPicture['slices'][number]) =>
    `${s.slice + 1} · ${showScore(s.before)} › ${showScore(s.after)}`;
  select.replaceChildren(...slices.map((s) => el('option', { value: String(s.slice) }, text(s))));
  select.value = String(slice);
}

/** Dice of an object, and of the slice that is shown. */
export function scoreText(run: RunInfo | null, index: number, slice?: ObjectPicture['slices'][number]): string {
  const o = run?.objects[index];
  if (!o) return '';
  const pair = (s: { before: number | null; after: number | null }) => `${showScore(s.before)} › ${showScore(s.after)}`;
  return `Dice ${pair(o)}${slice ? `; slice ${slice.slice + 1}: ${pair(slice)}` : ''}`;
}

function drawPicture(canvas: HTMLCanvasElement, p: ObjectPicture, mode: CompareMode, at: number): void {
  const scale = Math.max(1, Math.ceil(SIDE / Math.max(p.width, p.height)));
  canvas.width = p.width * scale;
  canvas.height = p.height * scale;
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  const small = new OffscreenCanvas(p.width, p.height);
  small.getContext('2d')?.putImageData(new ImageData(paintObject(p, mode, at), p.width, p.height), 0, 0);
  ctx.drawImage(small, 0, 0, canvas.width, canvas.height);
  ctx.scale(scale, scale);
  ctx.lineWidth = 2 / scale;
  ctx.strokeStyle = 'white';
  const edges = maskEdges(unpackMask(p.truth), p.width, p.height);
  ctx.beginPath();
  for (let i = 0; i < edges.length; i += 4) {
    ctx.moveTo(edges[i], edges[i + 1]);
    ctx.lineTo(edges[i + 2], edges[i + 3]);
  }
  ctx.stroke();
  if (mode !== 'swipe') return;
  ctx.fillStyle = 'white';
  ctx.fillRect(at * p.width - 1 / scale, 0, 2 / scale, p.height);
}

/** What the colours mean. */
function legendOf(mode: CompareMode): HTMLElement[] {
  const entry = (colour: Rgb | null, words: string) => {
    const swatch = el('span', { className: colour ? 'swatch' : 'swatch outline', attrs: { 'aria-hidden': 'true' } });
    if (colour) swatch.style.background = `rgb(${colour.join(' ')})`;
    return el('span', { className: 'legend-entry' }, swatch, words);
  };
  const truth = entry(null, 'truth');
  if (mode === 'swipe') return [entry(COLOURS.before, 'before'), entry(COLOURS.after, 'after'), truth];
  return [
    entry(COLOURS.gained, 'made right'),
    entry(COLOURS.lost, 'made wrong'),
    entry(COLOURS.wrong, 'still wrong'),
    truth,
  ];
}

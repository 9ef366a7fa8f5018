/** Over the views: score of the proposal, its overlap with the truth where that is known, and the candidates. */
import { type App, follow } from './app';
import { isPrompt } from './document/document';
import { planeOf, slicePixels } from './document/planes';
import { unpackMask } from './document/runs';
import { byId, el, setShown, setText } from './dom';
import { showMs, showScore } from './format';
import { squareAround, type TruthMatch, truthMatches } from './maskShape';
import { PROPOSAL_COLOURS } from './planeState';
import type { PredictionInfo, Which } from './protocol';
import { appliedText } from './runAdapters';
import { type AppState, candidateOf, placeNow, predictionOf, promptOf, shownCase } from './state';

const button = (id: string) => byId(id, HTMLButtonElement);

/** Wires the read-out. */
export function makeReadOut(app: App): void {
  const chip = byId('score', HTMLElement);
  for (const i of [0, 1, 2]) button(`candidate-${i + 1}`).addEventListener('click', () => app.control.pick(i));
  const matches = matcher();
  follow(app, (s) => {
    const p = predictionOf(s);
    setShown(chip, isPrompt(promptOf(s)));
    setShown(byId('candidates', HTMLElement), p !== null && p.n > 1);
    chip.dataset.which = s.which;
    chip.dataset.busy = String(!p);
    setText(byId('score-model', HTMLElement), s.which === 'base' ? 'Base' : appliedText(s.run));
    if (!p) return setText(byId('score-text', HTMLElement), s.decoding ? 'Predicting…' : 'Waiting for the model…');
    const at = candidateOf(p, promptOf(s).choice);
    const parts = [`Predicted IoU ${showScore(p.iou[at])}`];
    const found = matches(s, p, at);
    if (found.length) parts.push(`Dice ${found.map((f) => `${showScore(f.dice)} ${f.name}`).join(', ')}`);
    setText(byId('score-text', HTMLElement), parts.join(' · '));
    chip.title = `Stability ${p.stability[at].toFixed(2)}; decoded in ${showMs(p.ms)}`;
    showCandidates(p, at, s.which);
  });
}

/** Side of a candidate's picture in pixels. */
const THUMB = 40;

/** The candidates as pictures with their scores; drawn once for each answer. */
function showCandidates(p: PredictionInfo, at: number, which: Which): void {
  const host = byId('candidates', HTMLElement);
  for (const i of [0, 1, 2]) {
    setShown(button(`candidate-${i + 1}`), i < p.n);
    button(`candidate-${i + 1}`).setAttribute('aria-pressed', String(i === at));
  }
  if (drawn.get(host) === p) return;
  drawn.set(host, p);
  for (let i = 0; i < Math.min(3, p.n); i++) {
    const [iou, stability] = [showPart(p.iou[i]), showPart(p.stability[i])];
    const choice = button(`candidate-${i + 1}`);
    choice.title = `Mask ${i + 1} (${i + 1}): predicted IoU ${iou}, stability ${stability}`;
    choice.setAttribute('aria-label', `Mask ${i + 1}, predicted IoU ${iou}`);
    choice.replaceChildren(thumbOf(p, i, which), el('span', {}, `${i + 1} · ${iou}`));
  }
}

/** Two digits, and no −0.00. */
const showPart = (v: number) => (Math.round(100 * v) / 100 || 0).toFixed(2);

const drawn = new WeakMap<HTMLElement, PredictionInfo>();

/** The masks' shapes on the part of the slice that they take together, with some room around. */
function thumbOf({ masks, width, height }: PredictionInfo, i: number, which: Which): HTMLCanvasElement {
  const all = masks.map(unpackMask);
  const { x, y, side } = squareAround(all, width, height);
  const canvas = el('canvas', { width: THUMB, height: THUMB, attrs: { 'aria-hidden': 'true' } });
  const picture = new ImageData(THUMB, THUMB);
  for (let row = 0; row < THUMB; row++) {
    for (let column = 0; column < THUMB; column++) {
      const [u, v] = [Math.floor(x + ((column + 0.5) * side) / THUMB), Math.floor(y + ((row + 0.5) * side) / THUMB)];
      const inside = u >= 0 && v >= 0 && u < width && v < height;
      const colour = inside && all[i][v * width + u] ? PROPOSAL_COLOURS[which] : inside ? [40, 48, 58] : [16, 20, 26];
      picture.data.set([...colour, 255], 4 * (row * THUMB + column));
    }
  }
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas;
}

/** Overlaps with the true objects on the slice; of many only those that are met. The last answer is kept. */
function matcher(): (s: AppState, p: PredictionInfo, at: number) => readonly TruthMatch[] {
  let last: { p: PredictionInfo; at: number; found: TruthMatch[] } | null = null;
  return (s, p, at) => {
    const [open, place] = [shownCase(s), placeNow(s)];
    const truth = open?.info.truth;
    if (!open || !truth || !place) return [];
    if (last?.p === p && last.at === at) return last.found;
    const labels = slicePixels(truth.labels, planeOf(open.info, place.plane), open.info.dims, place.slice);
    const all = truthMatches(labels, truth.objects, unpackMask(p.masks[at]));
    const found = all.length > 2 ? all.filter((m) => m.dice > 0.05) : all;
    last = { p, at, found };
    return found;
  };
}

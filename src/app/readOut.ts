/** Over the views: score of the proposal, its overlap with the truth where that is known, and the candidates. */
import { type App, follow } from './app';
import { isPrompt } from './document/document';
import { planeOf, slicePixels } from './document/planes';
import { unpackMask } from './document/runs';
import { byId, setShown, setText } from './dom';
import { showMs, showScore } from './format';
import { type TruthMatch, truthMatches } from './maskShape';
import type { PredictionInfo, Which } from './protocol';
import { type AppState, candidateOf, placeNow, predictionOf, promptOf, shownCase } from './state';

const button = (id: string) => byId(id, HTMLButtonElement);
const names: Record<Which, string> = { base: 'Base', adapted: 'Adapted' };

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
    setText(byId('score-model', HTMLElement), names[s.which]);
    if (!p) return setText(byId('score-text', HTMLElement), s.decoding ? 'Predicting…' : 'Waiting for the model…');
    const at = candidateOf(p, promptOf(s).choice);
    const parts = [`Predicted IoU ${showScore(p.iou[at])}`];
    const found = matches(s, p, at);
    if (found.length) parts.push(`Dice ${found.map((f) => `${showScore(f.dice)} ${f.name}`).join(', ')}`);
    setText(byId('score-text', HTMLElement), parts.join(' · '));
    chip.title = `Decoded in ${showMs(p.ms)}`;
    showCandidates(p, at);
  });
}

function showCandidates(p: PredictionInfo, at: number): void {
  for (const i of [0, 1, 2]) {
    setShown(button(`candidate-${i + 1}`), i < p.n);
    button(`candidate-${i + 1}`).setAttribute('aria-pressed', String(i === at));
    if (i < p.n) setText(button(`candidate-${i + 1}`), `${i + 1} · ${p.iou[i].toFixed(2)}`);
  }
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

/** Buttons above the canvas: what a click means, undo, redo, clear, which model's mask is shown, view. */
import type { Controller } from './controller';
import { byId, setEnabled, setShown, setText } from './dom';
import { showMs, showScore } from './format';
import { type TruthMatch, truthMatches } from './maskShape';
import type { PredictionInfo, Which } from './protocol';
import type { Stage } from './stage';
import { type AppState, candidateOf, hasAdapter, historyOf, predictionOf, promptOf } from './state';
import type { Store } from './store';

const button = (id: string) => byId(id, HTMLButtonElement);

/** Wires the toolbar and the read-out of the mask. */
export function makeToolbar(store: Store<AppState>, control: Controller, stage: Stage): void {
  const click = (id: string, action: () => void) => button(id).addEventListener('click', action);
  click('pen-object', () => store.get().pen === 0 && control.flipPen());
  click('pen-background', () => store.get().pen === 1 && control.flipPen());
  click('undo', control.undo);
  click('redo', control.redo);
  click('clear', control.clearPoints);
  click('zoom-in', () => stage.zoom(1.4));
  click('zoom-out', () => stage.zoom(1 / 1.4));
  click('zoom-fit', stage.fitView);
  click('which-base', () => control.look('base'));
  click('which-adapted', () => control.look('adapted'));
  for (const i of [0, 1, 2]) click(`candidate-${i + 1}`, () => control.pick(i));
  const show = readOut();
  const update = (s: AppState) => {
    const history = historyOf(s);
    setEnabled(button('undo'), history.past.length > 0);
    setEnabled(button('redo'), history.future.length > 0);
    setEnabled(button('clear'), history.now.length > 0);
    press('pen-object', s.pen === 1);
    press('pen-background', s.pen === 0);
    setEnabled(button('which-adapted'), hasAdapter(s));
    press('which-base', s.which === 'base');
    press('which-adapted', s.which === 'adapted');
    show(s);
  };
  store.watch(update);
  update(store.get());
}

function press(id: string, pressed: boolean): void {
  button(id).setAttribute('aria-pressed', String(pressed));
}

const names: Record<Which, string> = { base: 'Base', adapted: 'Adapted' };

/** Shows the score of the mask, its overlap with the truth where that is known, and the candidates. */
function readOut(): (s: AppState) => void {
  const chip = byId('score', HTMLElement);
  let match: { p: PredictionInfo; at: number; found: TruthMatch[] } | null = null;
  return (s) => {
    const p = predictionOf(s);
    setShown(chip, promptOf(s).length > 0);
    setShown(byId('candidates', HTMLElement), p !== null && p.n > 1);
    chip.dataset.which = s.which;
    chip.dataset.busy = String(!p);
    setText(byId('score-model', HTMLElement), names[s.which]);
    if (!p) {
      setText(byId('score-text', HTMLElement), s.decoding ? 'Predicting…' : 'Waiting for the model…');
      return;
    }
    const at = candidateOf(p, s.candidate);
    const n = p.width * p.height;
    const truth = s.image?.truth;
    if (truth && (match?.p !== p || match.at !== at))
      match = { p, at, found: truthMatches(truth, p.masks.subarray(at * n, (at + 1) * n)) };
    const found = truth ? (match?.found ?? []) : [];
    const parts = [`Predicted IoU ${showScore(p.iou[at])}`];
    if (found.length) parts.push(`Dice ${found.map((f) => `${showScore(f.dice)} ${f.name}`).join(', ')}`);
    setText(byId('score-text', HTMLElement), parts.join(' · '));
    chip.title = `Decoded in ${showMs(p.ms)}`;
    for (const i of [0, 1, 2]) {
      setShown(button(`candidate-${i + 1}`), i < p.n);
      press(`candidate-${i + 1}`, i === at);
      if (i < p.n) setText(button(`candidate-${i + 1}`), `${i + 1} · ${p.iou[i].toFixed(2)}`);
    }
  };
}

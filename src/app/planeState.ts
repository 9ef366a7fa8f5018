/** What the engine is told to draw of a plane. Pure. */
import type { Plane } from '../data/volumeReorient';
import { isPrompt } from './document/document';
import { placeOf, planesOf } from './document/look';
import type { PlaneState, Which } from './protocol';
import { type AppState, pictureKey, placeNow, predictionKey, promptOf, shownCase } from './state';
import { viewsIn } from './view';
import type { Extent, ViewTransform } from './viewTransform';

/** Colours of the two models' proposals, as in the style sheet; told apart by lightness, too. */
export const PROPOSAL_COLOURS: Readonly<Record<Which, readonly [number, number, number]>> = {
  base: [255, 186, 73],
  adapted: [53, 208, 230],
};

/** CSS pixels of an outline. */
const LINE = 1.75;

/** The state of the view of `plane` on a canvas of `size` CSS pixels with `ratio` device pixels each; null where it is not to be seen. */
export function planeState(
  s: AppState,
  plane: Plane,
  view: ViewTransform,
  size: Extent,
  ratio: number,
): PlaneState | null {
  const open = shownCase(s);
  if (!open || !planesOf(open.info).includes(plane) || !viewsIn(s.layout, open.info).some((v) => v.id === plane))
    return null;
  const { window, smooth } = open.look;
  const { opacity, outline } = s.view;
  return {
    ...{ kind: 'plane', ...placeOf(open.info, open.look, plane), window, opacity, outline },
    ...{ width: Math.max(1, Math.round(size.width * ratio)), height: Math.max(1, Math.round(size.height * ratio)) },
    ...{ scale: view.scale * ratio, x: view.x * ratio, y: view.y * ratio, line: LINE * ratio },
    // Far in, single pixels are what one wants to see.
    smooth: smooth && view.scale < 6,
    labels: !s.hidden,
    proposal: s.hidden || plane !== open.look.plane ? null : proposalOf(s),
  };
}

function proposalOf(s: AppState): PlaneState['proposal'] {
  const prompt = promptOf(s);
  const key = predictionKey(s);
  if (!key || !isPrompt(prompt)) return hoverOf(s);
  return { key, fallback: olderKey(s, key), mask: prompt.choice, colour: PROPOSAL_COLOURS[s.which] };
}

/** What a click under the pointer would give. */
function hoverOf(s: AppState): PlaneState['proposal'] {
  const at = placeNow(s);
  if (!at || !s.hover || s.tool !== 'click' || s.hover.place !== pictureKey(at)) return null;
  return { key: s.hover.key, fallback: null, mask: null, colour: PROPOSAL_COLOURS[s.which], faint: true };
}

/** The latest answer for the same slice and model: shown until the present prompt has its own. */
function olderKey(s: AppState, key: string): string | null {
  const place = (k: string) => JSON.stringify((JSON.parse(k) as unknown[]).slice(0, 5));
  const mine = place(key);
  return [...s.predictions.keys()].reverse().find((k) => k !== key && place(k) === mine) ?? null;
}

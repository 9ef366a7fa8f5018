/** Asks the engine while somebody looks inside: the newest question only, one at a time of each kind. */
import type { App } from '../app';
import { placeKey } from '../document/caseInfo';
import { isPrompt, NO_PROMPT, type Prompt } from '../document/document';
import { planeOf } from '../document/planes';
import { makeLatest } from '../latest';
import type { ArgsOf, Method, ModelPlace, ResultOf } from '../protocol';
import { EngineError } from '../rpc';
import { type AppState, hasAdapter, pictureKey, placeNow, promptOf, shownCase } from '../state';
import type { InsideState } from './insideState';

/** Changes what is looked at. */
export function setInside({ store }: Pick<App, 'store'>, change: Partial<InsideState>): void {
  store.set({ inside: { ...store.get().inside, ...change } });
}

/** Which model's inside is shown. */
export const insideWhich = (s: AppState) => (s.which === 'adapted' && hasAdapter(s) ? 'adapted' : 'base');

/** The model as it is now: another one, or the same after more steps, has other insides. */
const versionOf = (s: AppState) => [insideWhich(s), s.run?.step ?? 0, s.run?.id ?? '', s.info?.base.name ?? ''].join();

/** Watches the store from now on. */
export function watchInside(app: App): void {
  const { store } = app;
  const parts = asker(app, 'insideParts');
  const attention = asker(app, 'attention');
  const activations = asker(app, 'activations');
  const weights = asker(app, 'weights');
  store.watch((s) => {
    const at = s.tab === 'inside' && s.engine === 'ready' ? placeNow(s) : null;
    if (!at) return;
    const which = insideWhich(s);
    const { part, head, overlay } = s.inside;
    const place = { case: at.case, plane: at.plane, slice: at.slice };
    const version = versionOf(s);
    const picture = pictureKey(at);
    parts(version, { which }, (found) => setInside(app, { parts: found, ...heldPart(store.get(), found) }));
    if (overlay === 'attention' && part.startsWith('image_encoder')) {
      const { x, y } = spotOn(s, at);
      attention([version, picture, part, head, x, y].join(), { at, which, part, head, x, y }, (value) =>
        setInside(app, { attention: { place, value } }),
      );
    }
    const prompt = insidePrompt(s, at);
    if (which === 'adapted')
      activations(
        [version, picture, part, part.startsWith('mask_decoder') ? JSON.stringify(prompt) : ''].join(),
        { at, which, part, prompt },
        (value) => setInside(app, { activations: { place, value } }),
      );
    else if (s.inside.activations) setInside(app, { activations: null });
    weights([version, picture, JSON.stringify(prompt)].join(), { at, which, prompt }, (found) =>
      setInside(app, { weights: found }),
    );
  });
}

/** Asks when the key changes, never twice at a time; what was asked meanwhile, but the last, is dropped. */
function asker<M extends Method>({ client, control, store }: App, method: M) {
  let asked = '';
  const latest = makeLatest<{ args: ArgsOf<M>; done: (value: ResultOf<M>) => void }>(async ({ args, done }) => {
    try {
      done(await client.call(method, args));
    } catch (error) {
      // Asked again when something changes; a lost device clears it at once.
      if (error instanceof EngineError && error.kind === 'lost') asked = '';
      control.report(error, 'while looking inside');
    }
  });
  store.watch((s, before) => {
    if (s.engine !== before.engine) asked = '';
  });
  return (key: string, args: ArgsOf<M>, done: (value: ResultOf<M>) => void) => {
    if (key === asked) return;
    asked = key;
    latest.request({ args, done });
  };
}

/** Says what a click of the mouse is compared with from now on: the weights as they are. */
export function keepWeights(app: App): void {
  setInside(app, { weightsBefore: app.store.get().inside.weights });
}

/** Keeps the part if the model has it, else takes the first. */
function heldPart({ inside }: AppState, parts: InsideState['parts']): Partial<InsideState> {
  return parts.some((p) => p.path === inside.part) || !parts.length ? {} : { part: parts[0].path, head: null };
}

/** Where attention is looked from on the slice `at`. */
function spotOn(s: AppState, at: ModelPlace): { readonly x: number; readonly y: number } {
  const { point } = s.inside;
  return point && placeKey(point) === placeKey(at) && point.case === at.case ? point : middleOf(s, at);
}

function middleOf(s: AppState, { plane }: ModelPlace) {
  const open = shownCase(s);
  const g = open && planeOf(open.info, plane);
  return { x: (g?.columns ?? 0) / 2, y: (g?.rows ?? 0) / 2 };
}

/** The trial click on the slice, else its prompt, else its middle. */
export function insidePrompt(s: AppState, at: ModelPlace): Prompt {
  const { click } = s.inside;
  const mine = promptOf(s);
  if (click && click.case === at.case && placeKey(click) === placeKey(at)) {
    const { x, y, label } = click;
    return { ...NO_PROMPT, points: [{ x, y, label }] };
  }
  return isPrompt(mine) ? mine : { ...NO_PROMPT, points: [{ ...middleOf(s, at), label: 1 }] };
}

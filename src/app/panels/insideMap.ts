/** What lies over the image: attention of a token, activations of an adapter, or nothing; of which block and head. */
import { type App, follow } from '../app';
import { el, setShown, setText } from '../dom';
import { showPercent } from '../format';
import { field, selectOf } from '../inside/fields';
import { colourOf, reachOf, startOf } from '../inside/heat';
import { type Overlay, overlayOn, partName } from '../inside/insideState';
import { insideWhich, setInside, watchInside } from '../inside/insideWatch';
import type { Panel } from '../panel';
import { type AppState, placeNow } from '../state';

/** The panel. */
export const panel: Panel = { id: 'inside-map', place: 'inside', title: 'Over the image', order: 10, mount };

const OVERLAYS: readonly (readonly [Overlay, string])[] = [
  ['attention', 'Attention of a token'],
  ['activation', 'Adapter activation'],
  ['none', 'Nothing'],
];

function mount(host: HTMLElement, app: App): void {
  watchInside(app);
  inspectWithTab(app);
  const overlay = selectOf('inside-overlay', OVERLAYS, (value) => setInside(app, { overlay: value as Overlay }));
  const part = selectOf('inside-part', [], (value) => setInside(app, { part: value, head: null }));
  const head = selectOf('inside-head', [], (value) =>
    setInside(app, { head: value === 'mean' ? null : Number(value) }),
  );
  const headField = field('Head', head.element, 'Each head of a block attends on its own');
  const legend = legendBar();
  const words = el('p', { id: 'inside-words', className: 'quiet' });
  host.append(
    field('Show', overlay.element, 'What is drawn over the slice'),
    field('Part', part.element, 'Which part of the model is looked into'),
    headField,
    legend.element,
    words,
  );
  follow(app, (s) => {
    const { inside } = s;
    const chosen = inside.parts.find((p) => p.path === inside.part);
    overlay.set(inside.overlay);
    part.fill(
      inside.parts.map((p) => [p.path, partName(p)]),
      inside.part,
    );
    const heads = Array.from({ length: chosen?.heads ?? 0 }, (_, i) => [String(i), `Head ${i + 1}`] as const);
    head.fill([['mean', 'Mean of all heads'], ...heads], inside.head === null ? 'mean' : String(inside.head));
    setShown(headField, inside.overlay === 'attention' && heads.length > 0);
    const at = placeNow(s);
    const over = at && overlayOn(inside, at);
    legend.update(over ? { ...scaleOf(over.map.values, over.signed), signed: over.signed } : null);
    setText(words, insideWords(s));
  });
}

const scaleOf = (values: Float32Array, signed: boolean) => ({ from: startOf(values, signed), reach: reachOf(values) });

/** The tool that points belongs to this tab: it is chosen with it, and the one before comes back. */
function inspectWithTab({ store, control }: App): void {
  let before = '';
  store.watch((s, old) => {
    if (s.tab === old.tab) return;
    if (s.tab === 'inside') {
      before = s.tool;
      control.setTool('inspect');
    } else if (old.tab === 'inside' && s.tool === 'inspect' && before) control.setTool(before);
  });
}

/** What is seen, in a sentence or two. */
export function insideWords(s: AppState): string {
  const { inside } = s;
  const part = inside.parts.find((p) => p.path === inside.part);
  if (inside.overlay === 'none' || !part) return '';
  if (inside.overlay === 'activation') {
    if (insideWhich(s) === 'base') return 'Adapters have activations: adapt first, and choose Adapted above the image.';
    if (inside.activations && !inside.activations.value.length)
      return 'The adapter has no layer in this part; choose another.';
    return 'Each square is a token: the chosen layer of the adapter, over its channels.';
  }
  if (!part.heads) return 'The decoder’s tokens are the prompt’s; choose a block of the encoder.';
  const sees = part.window ? `the ${part.window} × ${part.window} tokens of its window` : 'all tokens of the image';
  const found = inside.attention?.value;
  const most = found
    ? ` Brightest: ${showPercent(100 * reachOf(found.values))} of its attention.`
    : ' The first look compiles its shaders…';
  const away =
    found && found.elsewhere > 0.0005
      ? ` ${showPercent(100 * found.elsewhere)} goes to padding or learnt prompts.`
      : '';
  return `Point at the image. The outlined token sees ${sees} and takes its new value from the bright ones.${most}${away}`;
}

/** The scale of colours with its ends. */
function legendBar() {
  const bar = el('canvas', { width: 64, height: 1, className: 'legend-bar', attrs: { 'aria-hidden': 'true' } });
  const [low, high] = [el('span'), el('span')];
  const element = el('div', { className: 'legend quiet' }, low, bar, high);
  let drawn: boolean | null = null;
  return {
    element,
    update(scale: { from: number; reach: number; signed: boolean } | null) {
      setShown(element, scale !== null);
      if (!scale) return;
      setText(low, scale.signed ? `−${scale.reach.toPrecision(2)}` : scale.from ? scale.from.toPrecision(2) : '0');
      setText(high, scale.reach.toPrecision(2));
      if (drawn === scale.signed) return;
      drawn = scale.signed;
      const pixels = new Uint8ClampedArray(4 * 64);
      for (let i = 0; i < 64; i++) pixels.set([...colourOf(i / 63, scale.signed), 255], 4 * i);
      bar.getContext('2d')?.putImageData(new ImageData(pixels, 64, 1), 0, 0);
    },
  };
}

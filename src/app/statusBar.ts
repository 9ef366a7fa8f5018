/** The line at the bottom: device, what is going on and for how long, and the overlay while an image is being embedded. */

import { isPrompt } from './document/document';
import { VOLUME_VIEW } from './document/volumeLook';
import { byId, setShown, setText } from './dom';
import { showMs, showSeconds } from './format';
import { OFFLINE_WORDS } from './offline/keepOffline';
import type { AppState, Work } from './state';
import { isEmbedded, promptOf, shownCase } from './state';
import type { Store } from './store';
import { TOOLS, toolOf } from './tool';
import { viewsIn } from './view';

/** Wires the status line and the overlays of the stage. */
export function makeStatusBar(store: Store<AppState>): void {
  const bar = byId('work-bar', HTMLProgressElement);
  const stop = byId('work-stop', HTMLButtonElement);
  stop.addEventListener('click', () => store.get().stopWork?.());
  const tell = makeAnnouncer();
  const update = (s: AppState) => {
    const device = byId('device', HTMLElement);
    setText(device, deviceText(s));
    device.dataset.state = s.engine;
    device.title = s.info ? `${s.info.device}\n${s.info.features.join(', ')}` : '';
    setText(byId('work', HTMLElement), workText(s));
    const shown = s.work !== null || s.opening || s.engine === 'starting';
    setShown(bar, shown);
    setShown(stop, s.stopWork !== null);
    if (s.work?.total) {
      bar.max = s.work.total;
      bar.value = s.work.done;
    } else bar.removeAttribute('value');
    setText(byId('announce', HTMLElement), tell(s));
    setText(byId('case-name', HTMLElement), caseText(s));
    byId('case-name', HTMLElement).title = caseText(s);
    setText(byId('decode', HTMLElement), decodeText(s));
    setText(byId('offline', HTMLElement), OFFLINE_WORDS[s.offline]);
    setShown(byId('untrained', HTMLElement), s.info?.base.trained === false);
    setText(byId('hint', HTMLElement), hintText(s));
    setShown(byId('hint', HTMLElement), hintText(s) !== '');
  };
  store.watch(update);
  update(store.get());
}

/** Name and state of the device. */
export function deviceText({ engine, info }: AppState): string {
  if (engine === 'starting') return 'Opening the GPU…';
  if (engine === 'failed') return 'No GPU';
  if (engine === 'lost') return 'GPU lost';
  return info ? `${info.device}${info.software ? ' (on the processor: slow)' : ''}` : '';
}

/** What is going on. */
export function workText(s: AppState): string {
  if (s.work) return `${s.work.what}${amount(s.work)}`;
  if (s.opening) return 'Opening…';
  if (s.decoding) return 'Predicting…';
  return '';
}

function amount({ done, total, left }: Work): string {
  const parts = total ? ` ${done} of ${total}` : '…';
  return left === null ? parts : `${parts} · ${showSeconds(left)} left`;
}

/** What a click costs: from the call to the mask, and the part of it in which the GPU had nothing to do with it. */
export function decodeText({ lastDecode }: AppState): string {
  if (!lastDecode) return '';
  const { ms, gpuMs } = lastDecode;
  return `Mask in ${showMs(ms)}, ${Math.round(Math.max(0, 100 * (1 - gpuMs / ms)))} % of it not GPU`;
}

/** What a screen reader should tell of, call after call: not every step, but every turn. A run's turn is told until another case is shown. */
export function makeAnnouncer(): (s: AppState) => string {
  let turn = '';
  let shown: string | null = null;
  let telling = false;
  return (s) => {
    const { engine, run } = s;
    const now = run ? `${run.id} ${run.phase}` : '';
    if (s.shown !== shown) telling = false;
    if (now !== turn) telling = run !== null;
    turn = now;
    shown = s.shown;
    if (engine !== 'ready') return { starting: 'Opening the GPU', failed: 'No GPU', lost: 'The GPU was lost' }[engine];
    if (run && telling)
      return run.phase === 'done' ? 'Run: done. The table shows Dice before and after.' : `Run: ${run.phase}`;
    const open = shownCase(s);
    return open && isEmbedded(s) ? `${open.info.name} is ready for clicks` : '';
  };
}

/** Name and size of the case; says when it is shown smaller than it is. */
export function caseText(s: AppState): string {
  const open = shownCase(s);
  if (!open) return '';
  const { name, kind, dims, spacing, source } = open.info;
  if (kind === 'volume') {
    const mm = spacing.map((v) => Number(v.toPrecision(3))).join(' × ');
    return `${name} · ${dims.join(' × ')} voxels of ${mm} mm`;
  }
  const [width, height] = source.dims;
  const scaled = width === dims[0] && height === dims[1] ? '' : `, shown at ${dims[0]} × ${dims[1]}`;
  return `${name} · ${width} × ${height} px${scaled}`;
}

/** What to do next, over the image. */
export function hintText(s: AppState): string {
  const open = shownCase(s);
  if (!open || s.engine === 'failed' || s.engine === 'lost' || isPrompt(promptOf(s))) return '';
  // There is no slice to work on.
  if (viewsIn(s.layout, open.info).every((v) => v.id === VOLUME_VIEW)) return '';
  // Whoever points has understood, and wants to see what lies below.
  if (s.tool === 'inspect' && s.inside.point) return '';
  const begun = open.timeline.now.objects.length > 0;
  if (s.tool !== TOOLS[0].id) return begun ? '' : toolOf(s.tool).about;
  if (!isEmbedded(s)) return 'Preparing the image… you may click already';
  // Who has made an object knows how, and wants to see what lies below.
  if (begun) return '';
  if (s.slowHover !== null) return `Click the object (no preview: a mask takes ${showMs(s.slowHover)} here)`;
  return 'Click the object · right-click what is not part of it';
}

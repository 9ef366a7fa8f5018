/** Controls made by lil-gui from a configuration's schema: for panels that show options. */
import GUI, { type Controller as Widget } from 'lil-gui';
import { type Control, controlsOf, meantBy } from './controls';
import { HINTS } from './hints';

/** Values by option, as lil-gui wants them: one object that its widgets write into. */
type Values = Record<string, string | number | boolean>;

/** A panel of controls in `host`. */
export function makeGui(host: HTMLElement): GUI {
  const gui = new GUI({ container: host, autoPlace: false, injectStyles: false, title: 'Options', width: undefined });
  gui.domElement.classList.add('panel');
  return gui;
}

/**
 * Adds the controls of `schema` to a folder: those named by `keys` (all without it), with the values of `from`. `onChange`
 * is told the option and all values then.
 */
export function addOptions(
  folder: GUI,
  schema: Parameters<typeof controlsOf>[0],
  from: Readonly<Record<string, unknown>>,
  onChange: (key: string, values: Readonly<Record<string, unknown>>) => void,
  keys?: readonly string[],
): Widget[] {
  const controls = controlsOf(schema).filter((c) => !keys || keys.includes(c.key));
  const values = valuesOf(controls, from);
  const meant = () => Object.fromEntries(controls.map((c) => [c.key, meantBy(c, values[c.key])]));
  return controls.map((c) => addWidget(folder, values, c, () => onChange(c.key, meant())));
}

function valuesOf(controls: readonly Control[], from: Readonly<Record<string, unknown>>): Values {
  return Object.fromEntries(
    controls.map((c) => {
      const given = from[c.key] as string | number | boolean | null | undefined;
      return [c.key, c.kind === 'text' && given !== undefined ? String(given ?? '') : (given ?? c.value)];
    }),
  );
}

function addWidget(folder: GUI, values: Values, c: Control, onChange: (value: unknown) => void): Widget {
  const hint = HINTS[c.key];
  const widget = make(folder, values, c);
  widget.name(hint?.name ?? c.key);
  // Half a word means nothing yet.
  if (c.kind === 'text') widget.onFinishChange(onChange);
  else widget.onChange(onChange);
  if (hint) widget.domElement.title = hint.about;
  return widget;
}

function make(folder: GUI, values: Values, c: Control): Widget {
  const hint = HINTS[c.key];
  if (c.kind === 'flag' || c.kind === 'text') return folder.add(values, c.key);
  if (hint?.choices) return folder.add(values, c.key, allowed(hint.choices, c));
  if (c.kind === 'choice') return folder.add(values, c.key, [...c.choices]);
  const [min, max, step] = hint?.range ?? [c.min, c.max, c.whole ? 1 : undefined];
  // A slider over millions of values is none.
  const slides = hint?.range !== undefined || (max !== undefined && min !== undefined && max - min <= 1000);
  return slides
    ? folder.add(values, c.key, min, max, step)
    : folder
        .add(values, c.key)
        .min(min ?? 0)
        .step(step ?? 1);
}

/** Named choices, less those that the schema does not know (any more), plus those that have no name yet. */
function allowed(named: Readonly<Record<string, string | number>>, c: Control): Record<string, string | number> {
  if (c.kind !== 'choice') return { ...named };
  const known = Object.entries(named).filter(([, value]) => c.choices.includes(String(value)));
  const rest = c.choices.filter((value) => !known.some(([, v]) => v === value)).map((value) => [value, value] as const);
  return Object.fromEntries([...known, ...rest]);
}

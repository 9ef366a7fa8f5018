/** Labelled controls for panels that lil-gui does not make: lists whose choices change. */
import { el } from '../dom';

/** A label with its control; `about` is the tooltip. */
export function field(label: string, control: HTMLElement, about: string): HTMLElement {
  return el('label', { className: 'field', title: about }, el('span', {}, label), control);
}

/** A list of choices. `fill` changes them only when they differ, so that an open list stays open. */
export function selectOf(
  id: string,
  choices: readonly (readonly [value: string, label: string])[],
  onChange: (value: string) => void,
) {
  const element = el('select', { id });
  let filled = '';
  const set = (value: string) => {
    if (element.value !== value) element.value = value;
  };
  const fill = (now: readonly (readonly [value: string, label: string])[], value: string) => {
    const text = JSON.stringify(now);
    if (text !== filled) element.replaceChildren(...now.map(([v, label]) => el('option', { value: v }, label)));
    filled = text;
    set(value);
  };
  fill(choices, choices[0]?.[0] ?? '');
  element.addEventListener('change', () => onChange(element.value));
  return { element, set, fill };
}

/** The number of the slice that is shown; pressed, it takes another one. */
import { el, setText } from './dom';

/** The element, and what it says. */
export interface SliceEntry {
  readonly element: HTMLElement;
  /** Slice and number of slices, counted from 0. */
  show(slice: number, slices: number): void;
}

/** `go` is given a slice counted from 0, as typed: it may lie outside. */
export function makeSliceEntry(label: string, go: (slice: number) => void): SliceEntry {
  const number = el('button', { type: 'button', className: 'slice-number', title: 'Go to a slice by its number' });
  const typed = el('input', {
    type: 'number',
    min: '1',
    hidden: true,
    attrs: { 'aria-label': `${label}: slice number` },
  });
  let now = 0;
  const close = () => {
    typed.hidden = true;
    number.hidden = false;
  };
  number.addEventListener('click', () => {
    typed.value = String(now + 1);
    typed.hidden = false;
    number.hidden = true;
    typed.select();
    typed.focus();
  });
  typed.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' && e.key !== 'Escape') return;
    if (e.key === 'Enter' && Number.isFinite(typed.valueAsNumber)) go(Math.round(typed.valueAsNumber) - 1);
    close();
    number.focus();
    e.stopPropagation();
    e.preventDefault();
  });
  typed.addEventListener('blur', close);
  return {
    element: el('span', { className: 'slice-entry' }, number, typed),
    show(slice, slices) {
      now = slice;
      typed.max = String(slices);
      setText(number, `${slice + 1} / ${slices}`);
      number.setAttribute('aria-label', `${label} slice ${slice + 1} / ${slices}: go to another`);
    },
  };
}

/** Small pictures on buttons, drawn as lines in the text's colour. */

/** What each shows, on 16 × 16. */
const PATHS = {
  eye: 'M1.5 8s2.4-4.2 6.5-4.2S14.5 8 14.5 8s-2.4 4.2-6.5 4.2S1.5 8 1.5 8Z M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  eyeOff:
    'M2 2l12 12 M6 4.1A7 7 0 0 1 8 3.8c4.1 0 6.5 4.2 6.5 4.2a12 12 0 0 1-2 2.4 M10.3 11.7A6 6 0 0 1 8 12.2C3.9 12.2 1.5 8 1.5 8a12 12 0 0 1 2.2-2.6',
  locked: 'M3.5 7.5h9v6h-9z M5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  open: 'M3.5 7.5h9v6h-9z M5.5 7.5V4.6a2.5 2.5 0 0 1 4.8-1',
  up: 'M4 9.5 8 5.5l4 4',
  down: 'M4 6.5l4 4 4-4',
  target: 'M8 12.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z M8 1v4 M8 11v4 M1 8h4 M11 8h4',
  bin: 'M3 4.5h10 M6.5 4.5V3h3v1.5 M4.5 4.5l.6 9h5.8l.6-9',
  undo: 'M5.5 2.5 2.5 5.5l3 3 M2.5 5.5h6a4 4 0 0 1 0 8H5',
  redo: 'M10.5 2.5l3 3-3 3 M13.5 5.5h-6a4 4 0 0 0 0 8H11',
  clear: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Z M6 6l4 4 M10 6l-4 4',
  fit: 'M2.5 6V2.5H6 M10 2.5h3.5V6 M13.5 10v3.5H10 M6 13.5H2.5V10',
  alone: 'M9.5 2.5h4v4 M13.5 2.5 9 7 M6.5 13.5h-4v-4 M2.5 13.5 7 9',
  together: 'M2.5 2.5h4.5v4.5H2.5z M9 2.5h4.5v4.5H9z M2.5 9h4.5v4.5H2.5z M9 9h4.5v4.5H9z',
} as const;

/** A picture's name. */
export type IconName = keyof typeof PATHS;

/** The picture, for a button that says in words what it does. */
export function icon(name: IconName): SVGSVGElement {
  const make = <K extends keyof SVGElementTagNameMap>(
    tag: K,
    attrs: Record<string, string>,
  ): SVGElementTagNameMap[K] => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attrs)) made.setAttribute(key, value);
    return made;
  };
  const svg = make('svg', { viewBox: '0 0 16 16', width: '16', height: '16', 'aria-hidden': 'true' });
  const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': '1.4', 'stroke-linejoin': 'round' };
  svg.append(make('path', { d: PATHS[name], ...line, 'stroke-linecap': 'round' }));
  return svg;
}

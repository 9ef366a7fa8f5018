/** What the keys mean while the volume view has the focus, for the help sheet: it listens itself. */
import type { Shortcut } from '../shortcut';

const told = (keys: readonly string[], about: string): Shortcut => ({
  ...{ keys, about, group: 'Volume' },
  is: () => false,
  run: () => false,
});

/** The list. */
export const shortcuts: readonly Shortcut[] = [
  told(['Drag', 'Arrows'], 'In the 3-D view: turn'),
  told(['Shift drag', 'Shift arrows', 'Two fingers'], 'In the 3-D view: move'),
  told(['Wheel', 'Pinch', '+', '−'], 'In the 3-D view: zoom'),
  told(['Click', 'Enter'], 'In the 3-D view: crosshair and planes go to what is seen there'),
  told(['Double click', 'R'], 'In the 3-D view: as at first'),
];

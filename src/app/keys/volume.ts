/** Shortcuts of volumes: slices of the plane that is worked in. */
import { sliceOf } from '../document/look';
import { planeOf } from '../document/planes';
import { acceptSlice } from '../propagate';
import { plain, type Shortcut } from '../shortcut';
import { shownCase } from '../state';

const go = (
  keys: readonly string[],
  names: readonly string[],
  about: string,
  to: (now: number, slices: number) => number,
): Shortcut => ({
  keys,
  about,
  group: 'Volume',
  is: plain(...names),
  run({ control, store }) {
    const open = shownCase(store.get());
    if (open?.info.kind !== 'volume') return false;
    const { plane } = open.look;
    control.setSlice(plane, to(sliceOf(open.info, open.look), planeOf(open.info, plane).slices));
  },
});

/** The list. */
export const shortcuts: readonly Shortcut[] = [
  go(['Page up', ','], ['pageup', ','], 'Slice before', (now) => now - 1),
  go(['Page down', '.'], ['pagedown', '.'], 'Next slice', (now) => now + 1),
  go(['Home'], ['home'], 'First slice', () => 0),
  go(['End'], ['end'], 'Last slice', (_, slices) => slices - 1),
  {
    keys: ['S'],
    about: 'Accept the mask of this slice and stay with the object',
    group: 'Volume',
    is: plain('s'),
    run: (app) => acceptSlice(app),
  },
  {
    keys: ['Q'],
    about: 'Smooth between pixels, or each pixel as it is',
    group: 'View',
    is: plain('q'),
    run({ control, store }) {
      const open = shownCase(store.get());
      if (!open) return false;
      control.setLook({ smooth: !open.look.smooth });
    },
  },
];

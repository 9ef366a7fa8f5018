/** Windows: presets by kind of image, and changing them by drag. Pure arithmetic. */
import { windowPresets } from '../data/volumeWindow';
import type { CaseInfo, Window } from './document/caseInfo';

/** A window on a button. */
export interface WindowPreset {
  readonly id: string;
  readonly label: string;
  readonly about: string;
  /** The values; or how the engine finds them. */
  readonly window: Window | 'percentile' | 'mri' | 'range';
}

const hounsfield = (id: keyof typeof windowPresets, label: string): WindowPreset => {
  const window = windowPresets[id];
  const { level, width } = levelOf(window);
  return { id, label, window, about: `Level ${level}, width ${width} HU` };
};

const CT: readonly WindowPreset[] = [
  hounsfield('soft-tissue', 'Soft tissue'),
  hounsfield('lung', 'Lung'),
  hounsfield('bone', 'Bone'),
  hounsfield('brain', 'Brain'),
];

const ANY: readonly WindowPreset[] = [
  { id: 'auto', label: 'Auto', window: 'percentile', about: 'From 0.5 to 99.5 % of all voxels' },
  {
    id: 'foreground',
    label: 'Foreground',
    window: 'mri',
    about: 'From 0.5 to 99.5 % of all voxels but the background',
  },
  { id: 'range', label: 'Full range', window: 'range', about: 'From the smallest to the largest value' },
];

/** Presets that make sense: those in Hounsfield units where the values are such, or are taken for such. */
export function presetsFor(
  { modality }: Pick<CaseInfo, 'modality'>,
  hounsfieldUnits = modality === 'ct',
): readonly WindowPreset[] {
  return hounsfieldUnits ? [...CT, ...ANY] : ANY;
}

/** What the values seem to be, in words. */
export function guessOf({ modality }: Pick<CaseInfo, 'modality'>): string {
  if (modality === 'ct') return 'Seems to be CT: values in Hounsfield units.';
  return modality === 'mr' ? 'Seems to be MR: values without a unit.' : 'Not Hounsfield units: MR or another modality.';
}

/** Middle and width of a window. */
export function levelOf([low, high]: Window): { readonly level: number; readonly width: number } {
  return { level: (low + high) / 2, width: high - low };
}

/** The window of a level and a width, which is at least a thousandth of the range. */
export function windowOfLevel(level: number, width: number, [low, high]: Window): Window {
  const held = Math.max(width, (high - low) / 1000, Number.MIN_VALUE);
  return [level - held / 2, level + held / 2];
}

/** CSS pixels of a drag that double the width, or move the level by a width. */
const DRAG = 250;

/** The window after a drag: to the right widens it (less contrast), up makes the picture brighter. */
export function draggedWindow(start: Window, dx: number, dy: number, range: Window): Window {
  const { level, width } = levelOf(start);
  const most = 4 * Math.max(range[1] - range[0], Number.MIN_VALUE);
  return windowOfLevel(level + (dy / DRAG) * width, Math.min(most, width * 2 ** (dx / DRAG)), range);
}

/** Digits that tell windows of this width apart. */
export function showValue(v: number, width: number): string {
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.max(width, 1e-9)))));
  return v.toFixed(Number.isInteger(v) ? 0 : Math.min(digits, 4)).replace('-', '−');
}

/** `L 40  W 400`. */
export function windowText(window: Window): string {
  const { level, width } = levelOf(window);
  return `L ${showValue(level, width)}  W ${showValue(width, width)}`;
}

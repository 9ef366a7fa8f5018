/** What the page knows of a look inside: what is pointed at, what is shown, and the engine's answers. Plain values. */
import type { Place } from '../document/caseInfo';
import type { Activation, AttentionMap, GeneratedLook, InsidePart, TokenMap } from '../insideProtocol';

/** A place on a slice, in its pixels. */
export interface Spot extends Place {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
}

/** What lies over the image. */
export type Overlay = 'attention' | 'activation' | 'none';

/** An answer, and the slice it is of. */
export interface At<T> {
  readonly place: Place;
  readonly value: T;
}

/** The state. */
export interface InsideState {
  readonly parts: readonly InsidePart[];
  /** Path of the part looked into. */
  readonly part: string;
  /** Null: the mean over all heads. */
  readonly head: number | null;
  readonly overlay: Overlay;
  /** The token whose attention is shown; null: the middle of the slice. */
  readonly point: Spot | null;
  /** The trial click whose weights are shown; null: the prompt of the slice, or its middle. */
  readonly click: Spot | null;
  readonly attention: At<AttentionMap> | null;
  readonly activations: At<readonly Activation[]> | null;
  /** Path of the layer whose activation lies over the image; null: the first that has a map. */
  readonly layer: string | null;
  /** Mean over channels, or mean of the absolute values. */
  readonly channel: 'mean' | 'size';
  readonly weights: GeneratedLook | null;
  /** The weights that the change is told from: those of the click before. */
  readonly weightsBefore: GeneratedLook | null;
}

/** Nothing was looked at. */
export function initialInside(): InsideState {
  return {
    ...{ parts: [], part: 'image_encoder.blocks.0', head: null, overlay: 'attention', point: null, click: null },
    ...{ attention: null, activations: null, layer: null, channel: 'size', weights: null, weightsBefore: null },
  };
}

/** The activation that is chosen, else the first that can lie over the image. */
export function shownActivation({ activations, layer }: InsideState): Activation | null {
  const all = activations?.value ?? [];
  return all.find((a) => a.path === layer) ?? all.find((a) => a.mean !== null) ?? all[0] ?? null;
}

/** What lies over the slice at `place`; `signed`: values about 0. */
export function overlayOn(s: InsideState, place: Place): { readonly map: TokenMap; readonly signed: boolean } | null {
  const here = (p: Place) => p.case === place.case && p.plane === place.plane && p.slice === place.slice;
  if (s.overlay === 'attention')
    return s.attention && here(s.attention.place) ? { map: s.attention.value, signed: false } : null;
  if (s.overlay === 'none' || !s.activations || !here(s.activations.place)) return null;
  const map = shownActivation(s)?.[s.channel];
  return map ? { map, signed: s.channel === 'mean' } : null;
}

/** `image_encoder.blocks.2` as people read it. */
export function partName({ path, window }: InsidePart): string {
  const number = Number(path.slice(path.lastIndexOf('.') + 1)) + 1;
  if (path.startsWith('mask_decoder')) return `Decoder, two-way layer ${number}`;
  return `Encoder block ${number}: ${window ? `${window} × ${window} windows` : 'global'}`;
}

/** A layer's path without the part's. */
export function layerName(path: string, part: string): string {
  return path.startsWith(`${part}.`) ? path.slice(part.length + 1) : path;
}

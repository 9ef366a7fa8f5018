/**
 * What draws a view, in the engine's worker and on the device that computes: one file each in `painters/`, found by glob.
 * A view's state names its painter by `kind`.
 */
import type { Gpu } from '../gpu/device';
import type { CaseInfo } from './document/caseInfo';
import type { Proposal } from './engine/proposals';
import type { CaseScene } from './engine/scene';
import type { ViewState } from './protocol';

/** What is there to be drawn. */
export interface Scene {
  readonly info: CaseInfo;
  readonly textures: CaseScene;
  /** A proposal that is still held; null where it is not. */
  readonly proposal: (key: string) => Proposal | null;
}

/** One frame. */
export interface Frame {
  readonly encoder: GPUCommandEncoder;
  readonly target: GPUTextureView;
  /** A uniform buffer of this view's own, at least as large as asked for. */
  readonly uniforms: (bytes: number) => GPUBuffer;
  /** Asks for one more frame although nothing changes: this one was not the last. */
  readonly again: () => void;
}

/** Draws views of one kind. */
export interface Painter {
  readonly kind: string;
  /** Its frames take long: the next is begun when the device is done with the last, and what changed meanwhile is drawn once. */
  readonly slow?: boolean;
  /** Compiles what it needs; `format` is the canvases'. */
  readonly make: (gpu: Gpu, format: GPUTextureFormat) => Promise<Paint>;
}

/** Encodes one frame; every fragment of the target is written. */
export type Paint = (frame: Frame, state: ViewState, scene: Scene) => void;

/** All painters by kind. */
export const PAINTERS: ReadonlyMap<string, Painter> = new Map(
  Object.values(import.meta.glob<{ readonly painter: Painter }>('./painters/*.ts', { eager: true })).map((m) => [
    m.painter.kind,
    m.painter,
  ]),
);

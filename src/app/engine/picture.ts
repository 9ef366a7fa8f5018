import { resizeBytes } from '../../data/resample';
import { toGrey } from '../../data/volumeWindow';
import type { Rgb8 } from '../../models/sam/predictor';
import { resizedSize, type Size } from '../../models/sam/prompt';
import { planeOf, slicePixels } from '../document/planes';
import type { ModelPlace, Which } from '../protocol';
import type { EngineCase } from './cases';

/** A slice as the model sees it, and what was computed from it. */
export interface Picture {
  /** Case, plane, slice and window. */
  readonly id: string;
  /** Resized to the model's input. */
  readonly input: Rgb8;
  /** Rows and columns in which prompts come and masks go. */
  readonly original: Size;
  /** Embeddings by model, with the version of the parameters they were made with. */
  readonly embeddings: Map<Which, { readonly version: number; readonly data: Float32Array }>;
}

/** Names a picture. */
export function pictureId({ case: id, plane, slice, window }: ModelPlace): string {
  return `${id} ${plane} ${slice} ${window.join('..')}`;
}

/** The slice at `at`, resized so that its longer side is `imgSize`. */
export function pictureAt(c: EngineCase, at: ModelPlace, imgSize: number): Picture {
  const rgb = sliceRgb(c, at);
  const original: Size = [rgb.height, rgb.width];
  const [rows, columns] = resizedSize(original, imgSize);
  if (rows < 1 || columns < 1) {
    throw new Error(`slice of ${rgb.width} × ${rgb.height} pixels: at the model's ${imgSize} nothing is left of it`);
  }
  return { id: pictureId(at), input: resizeBytes(rgb, columns, rows), original, embeddings: new Map() };
}

/** The slice at `at` as 8-bit RGB, as seen through the window. */
export function sliceRgb({ info, values }: EngineCase, { plane, slice, window }: ModelPlace) {
  const g = planeOf(info, plane);
  const { columns: width, rows: height } = g;
  if (!(slice >= 0 && slice < g.slices)) throw new Error(`slice ${slice}: ${plane} has slices 0 to ${g.slices - 1}`);
  if (info.channels === 3) return { width, height, data: new Uint8Array(values as Uint8Array) };
  const grey = toGrey(slicePixels(values, g, info.dims, slice), window);
  const data = new Uint8Array(3 * grey.length);
  for (let i = 0; i < grey.length; i++) data.fill(grey[i], 3 * i, 3 * i + 3);
  return { width, height, data };
}

/** Bytes of pictures and embeddings that are kept; those unused for longest go first. */
const MAX_BYTES = 192 * 2 ** 20;

/** Pictures by id, the latest used last. */
export interface Pictures {
  at(c: EngineCase, at: ModelPlace, imgSize: number): Picture;
  /** Forgets a case's pictures. */
  remove(id: string): void;
  /** Forgets all: the model is another. */
  clear(): void;
  /** Forgets embeddings of the adapted model: its parameters are others now. */
  dropAdapted(): void;
}

/** No pictures yet. */
export function makePictures(): Pictures {
  const all = new Map<string, Picture>();
  return {
    at(c, at, imgSize) {
      const id = pictureId(at);
      const found = all.get(id) ?? pictureAt(c, at, imgSize);
      all.delete(id);
      all.set(id, found);
      let bytes = 0;
      for (const p of all.values()) bytes += bytesOf(p);
      for (const [oldest, p] of all) {
        if (bytes <= MAX_BYTES || oldest === id) break;
        bytes -= bytesOf(p);
        all.delete(oldest);
      }
      return found;
    },
    remove(caseId) {
      for (const id of all.keys()) if (id.startsWith(`${caseId} `)) all.delete(id);
    },
    clear: () => all.clear(),
    dropAdapted() {
      for (const p of all.values()) p.embeddings.delete('adapted');
    },
  };
}

const bytesOf = (p: Picture): number =>
  p.input.data.length + [...p.embeddings.values()].reduce((sum, e) => sum + e.data.byteLength, 0);

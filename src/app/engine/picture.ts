import { ImageError } from '../../data/errors';
import { decodeImage, type RgbImage, toRgb8 } from '../../data/image';
import { type Phantom, phantom } from '../../data/phantoms';
import { resizeBytes } from '../../data/resample';
import type { Rgb8 } from '../../models/sam/predictor';
import { resizedSize, type Size } from '../../models/sam/prompt';
import { type Modality, OBJECTS } from '../configs';
import type { ImageInfo, TruthInfo, Which } from '../protocol';

/** An image that the engine holds: what the page shows, what the model sees, and what was computed from it. */
export interface Picture {
  readonly info: Omit<ImageInfo, 'pixels'>;
  /** Resized to the model's input. */
  readonly input: Rgb8;
  /** Rows and columns in which prompts come. */
  readonly original: Size;
  /** Embeddings by model, with the version of the parameters they were made with. */
  readonly embeddings: Map<Which, { readonly version: number; readonly data: Float32Array }>;
}

/** Longer side of what is shown; larger images are scaled down to it. */
export const MAX_SHOWN = 1024;
/** Side of the embedded samples in pixels. */
export const SAMPLE_SIZE = 512;
/** Seed of the embedded samples; training and held-out images have others. */
export const SAMPLE_SEED = 1;

const samples = new Map<string, Phantom>();

/** Embedded sample number `index`, made once. */
export function sampleOf(modality: Modality, index: number): Phantom {
  const key = `${modality}-${index}`;
  const made = samples.get(key) ?? phantom(modality, SAMPLE_SEED, index, { size: SAMPLE_SIZE });
  samples.set(key, made);
  return made;
}

/** A sample as a square of `size` pixels. */
export function thumbnailOf(modality: Modality, index: number, size: number): ImageData {
  const { image, width, height } = sampleOf(modality, index);
  return new ImageData(rgba(resizeBytes({ width, height, data: image }, size, size)), size, size);
}

/** A sample as an image for prompts, with its truth. */
export function samplePicture(
  modality: Modality,
  index: number,
  imgSize: number,
): { picture: Picture; pixels: Pixels } {
  const p = sampleOf(modality, index);
  const truth: TruthInfo = { labels: new Uint8Array(p.labels), objects: OBJECTS[modality] };
  const name = `${modality} sample ${index + 1}`;
  return pictureOf(p.id, name, { width: p.width, height: p.height, data: p.image }, truth, imgSize);
}

/** A file as an image for prompts. `ImageError` says why it cannot be used. */
export async function filePicture(
  file: File,
  id: string,
  imgSize: number,
): Promise<{ picture: Picture; pixels: Pixels }> {
  const rgb = toRgb8(await decodeImage(file, file.name));
  const [rows, columns] = resizedSize([rgb.height, rgb.width], imgSize);
  if (rows < 2 || columns < 2) {
    throw new ImageError(
      `${file.name}: ${rgb.width} × ${rgb.height} pixels are too narrow: at the model's ${imgSize} pixels nothing is left of the shorter side — crop it`,
    );
  }
  return pictureOf(id, file.name, rgb, null, imgSize);
}

type Pixels = Uint8ClampedArray<ArrayBuffer>;

function pictureOf(
  id: string,
  name: string,
  rgb: RgbImage,
  truth: TruthInfo | null,
  imgSize: number,
): { picture: Picture; pixels: Pixels } {
  const long = Math.max(rgb.width, rgb.height);
  const [height, width] = long > MAX_SHOWN ? resizedSize([rgb.height, rgb.width], MAX_SHOWN) : [rgb.height, rgb.width];
  const [rows, columns] = resizedSize([height, width], imgSize);
  const picture: Picture = {
    info: { id, name, width, height, fileWidth: rgb.width, fileHeight: rgb.height, truth },
    input: resizeBytes(rgb, columns, rows),
    original: [height, width],
    embeddings: new Map(),
  };
  return { picture, pixels: rgba(long > MAX_SHOWN ? resizeBytes(rgb, width, height) : rgb) };
}

function rgba({ width, height, data }: RgbImage): Pixels {
  const out = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) out[4 * i + c] = data[3 * i + c];
  }
  return out;
}

/** PNG and JPEG. Large images are shown, and segmented, smaller than they are. */
import { showSize, startsWith } from '../../data/bytes';
import { ImageError, wordsOf } from '../../data/errors';
import { type DecodedImage, decodeImage, imageSize, type RgbImage, toRgb8 } from '../../data/image';
import { jpegMagic } from '../../data/jpeg';
import { LABELS_FORMAT, MAX_LABEL_TEXT, readLabelNames } from '../../data/labelNames';
import { pngMagic } from '../../data/png';
import { pngText } from '../../data/pngText';
import { resizeBytes } from '../../data/resample';
import { makeVolume } from '../../data/volume';
import { resizedSize } from '../../models/sam/prompt';
import { IMAGE_AFFINE } from '../document/caseInfo';
import { hashOf, type Importer, type ImportFile, type NewCase } from '../importer';
import { isLabelName, type LabelFile, labelsIn } from '../labelFile';

/** Longer side of what is shown; larger images are scaled down to it. */
export const MAX_SHOWN = 1024;

/** Largest image that a page reads: decoding holds it several times over. */
const MAX_PIXELS = 50e6;
const MAX_BYTES = 128 * 2 ** 20;

/** The importer. */
export const importer: Importer = {
  id: 'image',
  words: 'image (PNG, JPEG)',
  order: 20,
  takes: (files) =>
    files
      .filter(
        ({ head, name }) => startsWith(head, pngMagic) || startsWith(head, jpegMagic) || /\.(png|jpe?g)$/i.test(name),
      )
      .map((f) => [f]),
  async open([file]) {
    const { name, blob } = file;
    await checkFile(file);
    const image = await decodeImage(blob, name);
    const rgb = toRgb8(image);
    if (Math.max(rgb.width, rgb.height) > 128 * Math.min(rgb.width, rgb.height)) {
      throw new ImageError(
        `${name}: ${rgb.width} × ${rgb.height} pixels are too narrow: at the model's size nothing is left of the shorter side — crop it`,
      );
    }
    const made = imageCase(name, await hashOf([file]), image.format.toUpperCase(), rgb);
    // Lossy pictures hold no labels.
    return { made, labels: image.format === 'png' ? await labelsOf(image, rgb, file) : null };
  },
};

/** `ImageError` where a file is too much for a page, told by its length and header before it is read as a whole. */
async function checkFile({ name, blob }: ImportFile): Promise<void> {
  const start = new Uint8Array(await blob.slice(0, 2 ** 18).arrayBuffer());
  let size: ReturnType<typeof imageSize>;
  try {
    size = imageSize(start);
  } catch (error) {
    // Long preambles: the decoder looks further.
    if (blob.size > start.length && blob.size <= MAX_BYTES && startsWith(start, jpegMagic)) return;
    throw new ImageError(`${name}: ${wordsOf(error)}`, { cause: error });
  }
  const { width, height } = size;
  if (width * height > MAX_PIXELS || blob.size > MAX_BYTES) {
    throw new ImageError(
      `${name}: ${width} × ${height} pixels in ${showSize(blob.size)}; at most ${MAX_PIXELS / 1e6} megapixels and ${showSize(MAX_BYTES)} are read — scale it down (it is shown, and segmented, with at most ${MAX_SHOWN} pixels a side)`,
    );
  }
}

/** The values as labels: those of grey pictures, the indices of palettes; null where they are none. */
async function labelsOf(image: DecodedImage, rgb: RgbImage, { name, blob }: ImportFile): Promise<LabelFile | null> {
  const { width, height, data, channels, codes } = image;
  if (!codes && channels > 2 && !isGrey(rgb)) return null;
  const start = new Uint8Array(await blob.slice(0, 2 * MAX_LABEL_TEXT).arrayBuffer());
  const named = readLabelNames(pngText(start, LABELS_FORMAT, MAX_LABEL_TEXT) ?? '');
  const file = { name, kind: 'image', declared: isLabelName(name) || named !== null, named } as const;
  const step = codes ? 1 : channels;
  const from = codes ?? data;
  const values = new Uint16Array(width * height);
  for (let i = 0; i < values.length; i++) values[i] = from[i * step];
  return labelsIn(makeVolume([width, height, 1], values, IMAGE_AFFINE, null, name), file);
}

/** An image as a case, not larger than `MAX_SHOWN`. */
export function imageCase(name: string, hash: string, format: string, rgb: RgbImage): NewCase {
  const long = Math.max(rgb.width, rgb.height);
  const [height, width] = long > MAX_SHOWN ? resizedSize([rgb.height, rgb.width], MAX_SHOWN) : [rgb.height, rgb.width];
  const shown = long > MAX_SHOWN ? resizeBytes(rgb, width, height) : rgb;
  return {
    values: new Uint8Array(shown.data),
    info: {
      ...{ name, kind: 'image', hash, dims: [width, height, 1], spacing: [1, 1, 1], affine: IMAGE_AFFINE },
      ...{
        plane: 'axial',
        channels: 3,
        modality: isGrey(shown) ? 'grey' : 'colour',
        range: [0, 255],
        window: [0, 255],
      },
      truth: null,
      source: { format, dims: [rgb.width, rgb.height, 1], affine: null, turn: null, notes: [] },
    },
  };
}

function isGrey({ data }: RgbImage): boolean {
  for (let i = 0; i < data.length; i += 3) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  return true;
}

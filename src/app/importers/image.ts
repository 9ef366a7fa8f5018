/** PNG and JPEG. Large images are shown, and segmented, smaller than they are. */
import { startsWith } from '../../data/bytes';
import { ImageError } from '../../data/errors';
import { decodeImage, type RgbImage, toRgb8 } from '../../data/image';
import { jpegMagic } from '../../data/jpeg';
import { pngMagic } from '../../data/png';
import { resizeBytes } from '../../data/resample';
import { resizedSize } from '../../models/sam/prompt';
import { IMAGE_AFFINE } from '../document/caseInfo';
import { hashOf, type Importer, type NewCase } from '../importer';

/** Longer side of what is shown; larger images are scaled down to it. */
export const MAX_SHOWN = 1024;

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
    const rgb = toRgb8(await decodeImage(file.blob, file.name));
    if (Math.max(rgb.width, rgb.height) > 128 * Math.min(rgb.width, rgb.height)) {
      throw new ImageError(
        `${file.name}: ${rgb.width} × ${rgb.height} pixels are too narrow: at the model's size nothing is left of the shorter side — crop it`,
      );
    }
    return imageCase(file.name, await hashOf([file]), file.name.toLowerCase().endsWith('png') ? 'PNG' : 'JPEG', rgb);
  },
};

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

import { isCt, type Phantom3d, phantom3d, slicedKinds } from '../../data/phantom3d';
import { PHANTOM_OBJECTS } from '../../data/phantomObjects';
import { type Phantom, phantom } from '../../data/phantoms';
import { resizeBytes } from '../../data/resample';
import { sliceAt, turnData } from '../../data/volumeReorient';
import { toGrey } from '../../data/volumeWindow';
import { isVolumeSample, type Modality } from '../configs';
import type { NewCase } from '../importer';
import { imageCase } from '../importers/image';
import { volumeCase } from '../importers/volume';
import type { SampleId } from '../protocol';

/** Side of the embedded samples in pixels. */
export const SAMPLE_SIZE = 512;
/** Seed of the embedded samples; training and held-out images have others. */
export const SAMPLE_SEED = 1;

const images = new Map<string, Phantom>();
const volumes = new Map<string, Phantom3d>();

const kept = <T>(made: Map<string, T>, { modality, index }: SampleId, make: () => T): T => {
  const key = `${modality}-${index}`;
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
};

const imageOf = (s: SampleId) =>
  kept(images, s, () => phantom(s.modality as Modality, SAMPLE_SEED, s.index, { size: SAMPLE_SIZE }));

const volumeOf = (s: SampleId) =>
  kept(volumes, s, () => {
    if (!isVolumeSample(s.modality)) throw new Error(`sample: ${s.modality} is no volume`);
    return phantom3d(s.modality, SAMPLE_SEED, s.index);
  });

/** The id that a sample has among the cases. */
export const sampleCaseId = ({ modality, index }: SampleId): string => `sample-${modality}-${index}`;

/** An embedded sample, made once, with its truth. */
export function sampleCase(sample: SampleId): NewCase {
  const name = `${sample.modality} sample ${sample.index + 1}`;
  if (isVolumeSample(sample.modality)) return volumeSample(sample, name);
  const { image, labels, width, height, id } = imageOf(sample);
  const made = imageCase(name, `phantom ${id} ${SAMPLE_SIZE}`, 'phantom', { width, height, data: image });
  const truth = { labels: new Uint8Array(labels), objects: PHANTOM_OBJECTS[sample.modality as Modality] };
  return { ...made, info: { ...made.info, truth } };
}

function volumeSample(sample: SampleId, name: string): NewCase {
  const { image, labels, classes, id, modality } = volumeOf(sample);
  const made = volumeCase(name, `phantom ${id}`, image, { modality: isCt(modality) ? 'ct' : 'mr' });
  const { turn } = made.info.source;
  const turned = turn ? turnData(labels, image.dims, turn) : labels;
  const objects = classes.map((c) => ({ name: c.name, values: [c.value] }));
  return { ...made, info: { ...made.info, truth: { labels: new Uint8Array(turned), objects } } };
}

/** A sample as a square of `size` pixels; of a volume a slice, of those that can be drawn singly one that shows what is to be found. */
export function thumbnailOf(sample: SampleId, size: number): ImageData {
  if (!isVolumeSample(sample.modality)) {
    const { image, width, height } = imageOf(sample);
    return new ImageData(rgba(resizeBytes({ width, height, data: image }, size, size).data), size, size);
  }
  if (sample.modality in slicedKinds) {
    const drawn = phantom(sample.modality as Modality, SAMPLE_SEED, sample.index);
    return new ImageData(rgba(resizeBytes({ ...drawn, data: drawn.image }, size, size).data), size, size);
  }
  const { values, info } = volumeSample(sample, '');
  const [width, height, depth] = info.dims;
  const grey = toGrey(sliceAt(values, info.dims, Math.floor(depth / 2)), info.window);
  const data = Uint8Array.from({ length: 3 * grey.length }, (_, i) => grey[Math.floor(i / 3)]);
  return new ImageData(rgba(resizeBytes({ width, height, data }, size, size).data), size, size);
}

function rgba(data: ArrayLike<number>): Uint8ClampedArray<ArrayBuffer> {
  const n = data.length / 3;
  const out = new Uint8ClampedArray(n * 4).fill(255);
  for (let i = 0; i < n; i++) for (let c = 0; c < 3; c++) out[4 * i + c] = data[3 * i + c];
  return out;
}

// Resizing on the CPU exactly as the published SAM pipeline does it: images with PIL's antialiased bilinear filter in
// 8-bit fixed point, masks by nearest neighbour. Written from the published algorithm (two passes, coefficients
// normalised to one, 22 fractional bits).

/** Weights of one output position: the input positions first .. first + weights.length - 1. */
interface Tap {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Triangle-filter taps for every output position; when shrinking, the triangle widens by the scale. */
function bilinearTaps(from: number, to: number): Tap[] {
  const scale = from / to;
  const widen = Math.max(scale, 1);
  return Array.from({ length: to }, (_, x) => {
    const centre = (x + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - widen + 0.5));
    const end = Math.min(from, Math.trunc(centre + widen + 0.5));
    const inverse = 1 / widen;
    const weights = new Float64Array(end - first);
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = Math.max(0, 1 - Math.abs((i + first - centre + 0.5) * inverse));
      sum += weights[i];
    }
    if (sum !== 0) for (let i = 0; i < weights.length; i++) weights[i] /= sum;
    return { first, weights };
  });
}

const fractionBits = 22;

const toFixed = (taps: Tap[]): Tap[] =>
  taps.map(({ first, weights }) => ({ first, weights: weights.map((w) => Math.trunc(0.5 + w * 2 ** fractionBits)) }));

type Samples = Uint8Array | Float32Array;

/**
 * One pass along one axis. `outer` lines lie before it, `inner` values make one step of it, `from` is its length. Bytes
 * are combined in fixed point, rounded half up and clipped; floats exactly.
 */
function pass<A extends Samples>(input: A, output: A, taps: Tap[], outer: number, inner: number, from: number): A {
  const bytes = output instanceof Uint8Array;
  const half = bytes ? 1 << (fractionBits - 1) : 0;
  for (let o = 0; o < outer; o++) {
    for (let x = 0; x < taps.length; x++) {
      const { first, weights } = taps[x];
      for (let k = 0; k < inner; k++) {
        let at = (o * from + first) * inner + k;
        let sum = half;
        for (let i = 0; i < weights.length; i++, at += inner) sum += input[at] * weights[i];
        output[(o * taps.length + x) * inner + k] = bytes ? Math.min(255, Math.max(0, sum >> fractionBits)) : sum;
      }
    }
  }
  return output;
}

/** Interleaved samples, height × width × channels. */
export interface Raster<A> {
  readonly width: number;
  readonly height: number;
  /** Where it is left out, the length of `data` tells it. */
  readonly channels?: number;
  readonly data: A;
}

function checkSizes(what: string, image: Raster<ArrayLike<number>>, width: number, height: number): number {
  const channels = image.data.length / (image.width * image.height);
  if (
    ![image.width, image.height, width, height].every((n) => Number.isInteger(n) && n > 0) ||
    !Number.isInteger(channels)
  ) {
    throw new Error(
      `${what}: sizes must be whole and positive — ${image.data.length} values of ${image.width} × ${image.height} to ${width} × ${height}`,
    );
  }
  return channels;
}

function resizeBilinear<A extends Samples>(
  image: Raster<A>,
  width: number,
  height: number,
  make: (n: number) => A,
): Raster<A> {
  const channels = checkSizes('resize', image, width, height);
  const prepare = (taps: Tap[]) => (image.data instanceof Uint8Array ? toFixed(taps) : taps);
  let data = image.data;
  if (width !== image.width) {
    const taps = prepare(bilinearTaps(image.width, width));
    data = pass(data, make(image.height * width * channels), taps, image.height, channels, image.width);
  }
  if (height !== image.height) {
    const taps = prepare(bilinearTaps(image.height, height));
    data = pass(data, make(height * width * channels), taps, 1, width * channels, image.height);
  }
  return { width, height, data };
}

/**
 * Bytes resized as PIL's Image.resize(…, BILINEAR) does (SAM's ResizeLongestSide.apply_image): antialiased, horizontally
 * then vertically, rounded to 8 bits between. Any number of channels.
 */
export const resizeBytes = (image: Raster<Uint8Array>, width: number, height: number): Raster<Uint8Array> =>
  resizeBilinear(image, width, height, (n) => new Uint8Array(n));

/** The same filter without rounding (torch's antialiased bilinear interpolation without aligned corners). */
export const resizeFloats = (image: Raster<Float32Array>, width: number, height: number): Raster<Float32Array> =>
  resizeBilinear(image, width, height, (n) => new Float32Array(n));

/** Positions and weights of plain bilinear sampling: torch's interpolate without aligned corners and without antialias. */
function plainTaps(from: number, to: number): Tap[] {
  return Array.from({ length: to }, (_, x) => {
    const at = Math.min(from - 1, Math.max(0, ((x + 0.5) * from) / to - 0.5));
    const first = Math.min(Math.floor(at), Math.max(0, from - 2));
    return { first, weights: from === 1 ? Float64Array.of(1) : Float64Array.of(1 - (at - first), at - first) };
  });
}

/** One channel resized by plain bilinear sampling, as SAM resizes its logits (torch's interpolate, no antialias). */
export function resizeLogits(image: Raster<Float32Array>, width: number, height: number): Raster<Float32Array> {
  if (checkSizes('resize', image, width, height) !== 1) throw new Error('resize: logits have one channel');
  const across = pass(
    image.data,
    new Float32Array(image.height * width),
    plainTaps(image.width, width),
    image.height,
    1,
    image.width,
  );
  const data = pass(across, new Float32Array(height * width), plainTaps(image.height, height), 1, width, image.height);
  return { width, height, data };
}

/** Labels resized by taking the pixel at the centre of each new one (PIL's NEAREST): no new values appear. One channel. */
export function resizeLabels<A extends Uint8Array | Uint16Array>(
  labels: Raster<A>,
  width: number,
  height: number,
): Raster<A> {
  if (checkSizes('resize', labels, width, height) !== 1) throw new Error('resize: labels have one channel');
  const data = (
    labels.data instanceof Uint16Array ? new Uint16Array(width * height) : new Uint8Array(width * height)
  ) as A;
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * labels.height) / height) * labels.width;
    for (let x = 0; x < width; x++)
      data[y * width + x] = labels.data[row + Math.floor(((x + 0.5) * labels.width) / width)];
  }
  return { width, height, data };
}

/** [height, width] after scaling the longer side to `longSide`, rounded half up (SAM's get_preprocess_shape). */
export function preprocessShape(height: number, width: number, longSide: number): [number, number] {
  const scale = longSide / Math.max(height, width);
  return [Math.floor(height * scale + 0.5), Math.floor(width * scale + 0.5)];
}

/**
 * (x, y) pairs from an image of `height` × `width` to its resized frame, as SAM does: scaled by the two rounded sizes.
 * Boxes (x0, y0, x1, y1) are two pairs, so the same function serves them. Returns a new array of the same length.
 */
export function toResizedFrame(xy: ArrayLike<number>, height: number, width: number, longSide: number): Float32Array {
  const [newHeight, newWidth] = preprocessShape(height, width, longSide);
  const scale = [newWidth / width, newHeight / height];
  return Float32Array.from(xy, (v, i) => v * scale[i % 2]);
}

/** The inverse of `toResizedFrame`. */
export function fromResizedFrame(xy: ArrayLike<number>, height: number, width: number, longSide: number): Float32Array {
  const [newHeight, newWidth] = preprocessShape(height, width, longSide);
  const scale = [width / newWidth, height / newHeight];
  return Float32Array.from(xy, (v, i) => v * scale[i % 2]);
}

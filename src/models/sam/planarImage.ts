/** Images as the encoder takes them. No GPU. */

/** An image of 8-bit RGB triples, row by row. */
export interface Rgb8 {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * RGB8 → planes [3, side, side] as f32 in 0..255. Beyond the image stands the pixel mean, which the model's
 * normalisation makes exactly 0:
 * so one plan serves images of all sizes.
 */
export function planarImage(image: Rgb8, side: number, mean: readonly number[]): Float32Array {
  const { width, height, data } = image;
  if (data.length !== width * height * 3)
    throw new Error(
      `setImage: ${data.length} bytes for ${width} × ${height} RGB pixels; expected ${width * height * 3}`,
    );
  const out = new Float32Array(3 * side * side);
  for (let c = 0; c < 3; c++) {
    out.fill(mean[c], c * side * side, (c + 1) * side * side);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[(c * side + y) * side + x] = data[(y * width + x) * 3 + c];
    }
  }
  return out;
}

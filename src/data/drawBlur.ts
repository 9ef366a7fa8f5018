// Blurring by repeated box filters with a fractional radius: two passes of a box come close to a Gaussian at a cost
// that does not depend on the radius. Beyond the picture the border pixel repeats.

/** Scratch, grown when needed and kept: blurring does not allocate in steady state. */
let copy = new Float32Array(0);
let sums = new Float64Array(0);

/**
 * Blurs planes interleaved as (height, width, channels) in place: standard deviations in pixels along x and y
 * (0 leaves a direction alone), two box passes each.
 */
export function blur(data: Float32Array, width: number, height: number, channels: number, sx: number, sy = sx): void {
  if (copy.length < 3 * data.length) copy = new Float32Array(3 * data.length);
  if (sums.length < width * channels) sums = new Float64Array(width * channels);
  for (let pass = 0; pass < 2; pass++) {
    if (sx > 0) {
      const r = radiusOf(sx, width);
      for (let y = 0; y < height; y++) boxRow(data, y * width * channels, width, channels, r);
    }
    if (sy > 0) boxColumns(data, width * channels, height, radiusOf(sy, height));
  }
}

/** Half width r of a box, sides 2r+1, whose two-fold use has standard deviation s: s^2 = 2 ((2r+1)^2 - 1) / 12. */
function radiusOf(s: number, length: number): number {
  return Math.min((Math.sqrt(6 * s * s + 1) - 1) / 2, (length - 1) / 2);
}

/** Box filter along one row of n pixels: the samples within r whole steps, and the two next ones by r's fraction. */
function boxRow(data: Float32Array, start: number, n: number, channels: number, r: number): void {
  const whole = Math.floor(r);
  const part = r - whole;
  const norm = 1 / (2 * r + 1);
  const pad = whole + 1;
  const ahead = 2 * pad;
  const line = copy; // a local: reading the module's variable in the inner loop would double its time
  for (let c = 0; c < channels; c++) {
    const first = data[start + c];
    const last = data[start + (n - 1) * channels + c];
    for (let i = 0; i < pad; i++) line[i] = first;
    for (let i = 0, p = start + c; i < n; i++, p += channels) line[pad + i] = data[p];
    for (let i = 0; i < pad; i++) line[pad + n + i] = last;
    let sum = 0;
    for (let i = 1; i < ahead; i++) sum += line[i];
    for (let i = 0, p = start + c; i < n; i++, p += channels) {
      const next = line[i + ahead];
      data[p] = (sum + part * (line[i] + next)) * norm;
      sum += next - line[i + 1];
    }
  }
}

/** Box filter along the columns of n rows, all columns abreast so that memory is walked in order. */
function boxColumns(data: Float32Array, rowLength: number, n: number, r: number): void {
  const whole = Math.floor(r);
  const part = r - whole;
  const norm = 1 / (2 * r + 1);
  const end = (n - 1) * rowLength;
  const line = copy;
  const sum = sums;
  line.set(data);
  sum.fill(0);
  for (let k = -whole; k <= whole; k++) {
    const row = Math.max(0, Math.min(end, k * rowLength));
    for (let x = 0; x < rowLength; x++) sum[x] += line[row + x];
  }
  for (let y = 0; y < n; y++) {
    const before = Math.max(0, (y - whole - 1) * rowLength);
    const after = Math.min(end, (y + whole + 1) * rowLength);
    const leaving = Math.max(0, (y - whole) * rowLength);
    const out = y * rowLength;
    for (let x = 0; x < rowLength; x++) {
      const next = line[after + x];
      data[out + x] = (sum[x] + part * (line[before + x] + next)) * norm;
      sum[x] += next - line[leaving + x];
    }
  }
}

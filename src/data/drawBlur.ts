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
  if (copy.length < 4 * data.length) copy = new Float32Array(4 * data.length); // a row with its padding may be one of few
  if (sums.length < width * channels) sums = new Float64Array(width * channels);
  for (let pass = 0; pass < 2; pass++) {
    if (sx > 0) {
      const r = radiusOf(sx, width);
      for (let y = 0; y < height; y++) {
        if (r < 1) narrowRow(data, y * width * channels, width * channels, channels, r);
        else boxRow(data, y * width * channels, width, channels, r);
      }
    }
    if (sy > 0) {
      const r = radiusOf(sy, height);
      if (r < 1) narrowColumns(data, width * channels, height, r);
      else boxColumns(data, width * channels, height, r);
    }
  }
}

/** Half width r of a box, sides 2r+1, whose two-fold use has standard deviation s: s^2 = 2 ((2r+1)^2 - 1) / 12. */
function radiusOf(s: number, length: number): number {
  return Math.min((Math.sqrt(6 * s * s + 1) - 1) / 2, (length - 1) / 2);
}

/** As boxRow for r < 1, which most blurs are: three samples, no running sum, channels abreast. */
function narrowRow(data: Float32Array, start: number, length: number, channels: number, r: number): void {
  const line = copy;
  const norm = 1 / (2 * r + 1);
  const side = r * norm;
  for (let i = 0; i < channels; i++) {
    line[i] = data[start + i];
    line[channels + length + i] = data[start + length - channels + i];
  }
  for (let i = 0; i < length; i++) line[channels + i] = data[start + i];
  for (let i = 0; i < length; i++) {
    data[start + i] = norm * line[channels + i] + side * (line[i] + line[2 * channels + i]);
  }
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

/** As boxColumns for r < 1. */
function narrowColumns(data: Float32Array, rowLength: number, n: number, r: number): void {
  const line = copy;
  const end = (n - 1) * rowLength;
  line.set(data);
  const norm = 1 / (2 * r + 1);
  const side = r * norm;
  for (let row = 0; row <= end; row += rowLength) {
    const above = Math.max(0, row - rowLength);
    const below = Math.min(end, row + rowLength);
    for (let x = 0; x < rowLength; x++)
      data[row + x] = norm * line[row + x] + side * (line[above + x] + line[below + x]);
  }
}

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
      const box = boxOf(sx, width);
      for (let y = 0; y < height; y++) {
        if (box.whole === 0) narrowRow(data, y * width * channels, width * channels, channels, box);
        else boxRow(data, y * width * channels, width, channels, box);
      }
    }
    if (sy > 0) {
      const box = boxOf(sy, height);
      if (box.whole === 0) narrowColumns(data, width * channels, height, box);
      else boxColumns(data, width * channels, height, box);
    }
  }
}

/** A box filter: weight 1 within `whole` steps, `part` (0..1) for the next ones, all divided by their sum. */
interface Box {
  whole: number;
  part: number;
  norm: number;
}

/** The box whose two-fold use has standard deviation s; limited to the line, which it may not leave on both sides. */
function boxOf(s: number, length: number): Box {
  const variance = (s * s) / 2;
  const most = Math.floor((length - 1) / 2);
  let whole = 0;
  while (((whole + 1) * (whole + 2)) / 3 <= variance) whole++; // a whole box of w steps has variance w (w + 1) / 3
  if (whole >= most) return { whole: most, part: 0, norm: 1 / (2 * most + 1) };
  const ends = (2 * whole + 1) * (variance - (whole * (whole + 1)) / 3);
  const part = ends / (2 * ((whole + 1) * (whole + 1) - variance));
  return { whole, part, norm: 1 / (2 * whole + 1 + 2 * part) };
}

/** As boxRow without whole steps, which most blurs are: three samples, no running sum, channels abreast. */
function narrowRow(data: Float32Array, start: number, length: number, channels: number, { part, norm }: Box): void {
  const line = copy;
  const side = part * norm;
  for (let i = 0; i < channels; i++) {
    line[i] = data[start + i];
    line[channels + length + i] = data[start + length - channels + i];
  }
  for (let i = 0; i < length; i++) line[channels + i] = data[start + i];
  for (let i = 0; i < length; i++) {
    data[start + i] = norm * line[channels + i] + side * (line[i] + line[2 * channels + i]);
  }
}

/** Box filter along one row of n pixels: the samples within some whole steps, and the two next ones in part. */
function boxRow(data: Float32Array, start: number, n: number, channels: number, { whole, part, norm }: Box): void {
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
function boxColumns(data: Float32Array, rowLength: number, n: number, { whole, part, norm }: Box): void {
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

/** As boxColumns without whole steps. */
function narrowColumns(data: Float32Array, rowLength: number, n: number, { part, norm }: Box): void {
  const line = copy;
  const end = (n - 1) * rowLength;
  line.set(data);
  const side = part * norm;
  for (let row = 0; row <= end; row += rowLength) {
    const above = Math.max(0, row - rowLength);
    const below = Math.min(end, row + rowLength);
    for (let x = 0; x < rowLength; x++)
      data[row + x] = norm * line[row + x] + side * (line[above + x] + line[below + x]);
  }
}

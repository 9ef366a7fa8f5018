// Where a NIfTI file says that its voxels lie: by sform, by qform, or not at all.
import { type NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { type Affine, affineOf, checkSpans, spacingOf, type Triple } from './affine';
import { type Bytes, viewOf } from './bytes';
import { checkSpacing, type NiftiCodes } from './volume';

function sform(bytes: Bytes, h: NIFTI1 | NIFTI2): Affine {
  const view = viewOf(bytes);
  const at = (r: number, c: number) =>
    h instanceof NIFTI2
      ? view.getFloat64(400 + (r * 4 + c) * 8, h.littleEndian)
      : view.getFloat32(280 + (r * 4 + c) * 4, h.littleEndian);
  const column = (c: number): Triple => [at(0, c), at(1, c), at(2, c)];
  return affineOf(column(0), column(1), column(2), column(3));
}

/** The affine of the quaternion; NIfTI's METHOD 2. */
function qform(h: NIFTI1 | NIFTI2): Affine {
  let [b, c, d] = [h.quatern_b, h.quatern_c, h.quatern_d];
  const sum = b * b + c * c + d * d;
  const a = Math.sqrt(Math.max(0, 1 - sum));
  if (sum > 1) [b, c, d] = [b, c, d].map((v) => v / Math.sqrt(sum)); // half turns, rounded in float32
  const [dx, dy, dz] = h.pixDims.slice(1, 4);
  const k = dz * (h.pixDims[0] < 0 ? -1 : 1);
  const x: Triple = [dx * (a * a + b * b - c * c - d * d), dx * 2 * (b * c + a * d), dx * 2 * (b * d - a * c)];
  const y: Triple = [dy * 2 * (b * c - a * d), dy * (a * a + c * c - b * b - d * d), dy * 2 * (c * d + a * b)];
  const z: Triple = [k * 2 * (b * d + a * c), k * 2 * (c * d - a * b), k * (a * a + d * d - b * b - c * c)];
  return affineOf(x, y, z, [h.qoffset_x, h.qoffset_y, h.qoffset_z]);
}

/** Millimetres of the header's unit of length. */
function millimetres(h: NIFTI1 | NIFTI2, notes: string[]): number {
  const code = h.xyzt_units & 7;
  const scale = code === 1 ? 1000 : code === 3 ? 0.001 : 1;
  if (scale !== 1)
    notes.push(`lengths are stored in ${code === 1 ? 'metres' : 'micrometres'} and are given here in mm`);
  return scale;
}

const scaled = (a: Affine, k: number): Affine =>
  a.map((row, r) => (r < 3 ? row.map((v) => v * k) : row)) as unknown as Affine;

/**
 * sform, else qform, else the spacing alone: centred, x to the left, as SPM and nibabel take it. In mm. `VolumeError` for
 * spacings that are none and for axes that do not span space.
 */
export function geometry(bytes: Bytes, h: NIFTI1 | NIFTI2, dims: Triple, name: string, notes: string[]): Affine {
  const spacing = h.pixDims.slice(1, 4) as [number, number, number];
  for (let c = h.dims[0]; c < 3; c++) if (!(spacing[c] > 0)) spacing[c] = 1; // a picture has no third spacing
  checkSpacing(name, spacing);
  const unit = millimetres(h, notes);
  let affine: Affine;
  if (h.sform_code > 0) affine = sform(bytes, h);
  else if (h.qform_code > 0) affine = qform(h);
  else {
    const [dx, dy, dz] = spacing;
    const half = (c: 0 | 1 | 2) => ((dims[c] - 1) / 2) * spacing[c];
    affine = affineOf([-dx, 0, 0], [0, dy, 0], [0, 0, dz], [half(0), -half(1), -half(2)]);
    notes.push('neither sform nor qform is set: the orientation is not known, LAS is assumed');
  }
  checkSpans(affine, name);
  const own = spacingOf(affine);
  if (own.some((s, c) => Math.abs(s - spacing[c]) > 0.01 * spacing[c])) {
    const show = (s: readonly number[]) => s.map((v) => Number(v.toPrecision(4))).join(' × ');
    notes.push(
      `the spacing of the affine (${show(own)} mm) differs from pixdim (${show(spacing)} mm); the affine's is used`,
    );
  }
  return unit === 1 ? affine : scaled(affine, unit);
}

/**
 * Which space sform and qform say they are in (1 scanner, 2 aligned, 3 Talairach, 4 MNI; 0: not said). The qform's is 0,
 * too, where it says something else than the sform: one affine cannot stand for both.
 */
export function codesOf(bytes: Bytes, h: NIFTI1 | NIFTI2): NiftiCodes {
  const code = (v: number) => (Number.isInteger(v) && v > 0 && v < 100 ? v : 0);
  const [s, q] = [code(h.sform_code), code(h.qform_code)];
  if (!s || !q) return { sform: s, qform: q };
  const [one, two] = [sform(bytes, h).flat(), qform(h).flat()];
  const limit = 0.01 * Math.min(...spacingOf(sform(bytes, h)));
  return { sform: s, qform: one.every((v, i) => Math.abs(v - two[i]) <= limit) ? q : 0 };
}

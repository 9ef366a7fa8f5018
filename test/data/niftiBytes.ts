// NIfTI-1 and -2 files made byte by byte for tests, right or wrong as asked.

export interface NiftiSpec {
  version?: 1 | 2;
  endian?: 'little' | 'big';
  dim?: number[];
  code?: number;
  bits?: number;
  pixdim?: number[];
  offset?: number;
  slope?: number;
  inter?: number;
  units?: number;
  sform?: number[][];
  sformCode?: number;
  /** code, b, c, d, x, y, z */
  qform?: number[];
  magic?: string;
  extension?: Uint8Array;
  values?: number[] | bigint[];
}

type Put = (view: DataView, at: number, v: number | bigint, little: boolean) => void;
const num =
  (
    f: 'setUint8' | 'setInt8' | 'setInt16' | 'setUint16' | 'setInt32' | 'setUint32' | 'setFloat32' | 'setFloat64',
  ): Put =>
  (view, at, v, little) =>
    view[f](at, Number(v), little);
export const niftiTypes: Record<number, [number, Put]> = {
  2: [1, num('setUint8')],
  4: [2, num('setInt16')],
  8: [4, num('setInt32')],
  16: [4, num('setFloat32')],
  32: [4, num('setFloat32')],
  64: [8, num('setFloat64')],
  128: [1, num('setUint8')],
  256: [1, num('setInt8')],
  512: [2, num('setUint16')],
  768: [4, num('setUint32')],
  1024: [8, (view, at, v, little) => view.setBigInt64(at, BigInt(v), little)],
  1280: [8, (view, at, v, little) => view.setBigUint64(at, BigInt(v), little)],
  1792: [8, num('setFloat64')],
  2304: [1, num('setUint8')],
};

const identity = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

function header1(view: DataView, s: Required<NiftiSpec>, le: boolean): void {
  view.setInt32(0, 348, le);
  for (const [i, n] of s.dim.entries()) view.setInt16(40 + 2 * i, n, le);
  view.setInt16(70, s.code, le);
  view.setInt16(72, s.bits, le);
  for (const [i, v] of s.pixdim.entries()) view.setFloat32(76 + 4 * i, v, le);
  view.setFloat32(108, s.offset, le);
  view.setFloat32(112, s.slope, le);
  view.setFloat32(116, s.inter, le);
  view.setUint8(123, s.units);
  view.setInt16(252, s.qform[0], le);
  view.setInt16(254, s.sformCode, le);
  for (const [i, v] of s.qform.slice(1).entries()) view.setFloat32(256 + 4 * i, v, le);
  for (const [i, v] of s.sform.flat().entries()) view.setFloat32(280 + 4 * i, v, le);
  for (const [i, c] of [...s.magic].entries()) view.setUint8(344 + i, c.charCodeAt(0));
}

function header2(view: DataView, s: Required<NiftiSpec>, le: boolean): void {
  view.setInt32(0, 540, le);
  for (const [i, c] of [...s.magic].entries()) view.setUint8(4 + i, c.charCodeAt(0));
  view.setInt16(12, s.code, le);
  view.setInt16(14, s.bits, le);
  for (const [i, n] of s.dim.entries()) view.setBigInt64(16 + 8 * i, BigInt(n), le);
  for (const [i, v] of s.pixdim.entries()) view.setFloat64(104 + 8 * i, v, le);
  view.setBigInt64(168, BigInt(s.offset), le);
  view.setFloat64(176, s.slope, le);
  view.setFloat64(184, s.inter, le);
  view.setInt32(344, s.qform[0], le);
  view.setInt32(348, s.sformCode, le);
  for (const [i, v] of s.qform.slice(1).entries()) view.setFloat64(352 + 8 * i, v, le);
  for (const [i, v] of s.sform.flat().entries()) view.setFloat64(400 + 8 * i, v, le);
  view.setInt32(500, s.units, le);
}

/** The bytes of a file; 2 × 3 × 2 int16 0..11, identity sform, unless told otherwise. */
export function niftiBytes(spec: NiftiSpec = {}): Uint8Array<ArrayBuffer> {
  const version = spec.version ?? 1;
  const code = spec.code ?? 4;
  const extension = spec.extension ?? new Uint8Array(0);
  const head = (version === 1 ? 352 : 544) + extension.length;
  const magic = spec.magic ?? (version === 1 ? 'n+1' : 'n+2');
  const pair = magic.startsWith('ni');
  const [size, put] = niftiTypes[code] ?? [2, niftiTypes[4][1]];
  const values = spec.values ?? Array.from({ length: 12 }, (_, i) => i);
  const s: Required<NiftiSpec> = {
    version,
    endian: 'little',
    dim: [3, 2, 3, 2, 1, 1, 1, 1],
    code,
    bits: size * ({ 32: 2, 1792: 2, 128: 3, 2304: 4 }[code] ?? 1) * 8,
    pixdim: [1, 1, 1, 1, 0, 0, 0, 0],
    offset: pair ? 0 : head,
    slope: 0,
    inter: 0,
    units: 2,
    sform: identity,
    sformCode: 1,
    qform: [0, 0, 0, 0, 0, 0, 0],
    magic,
    extension,
    values,
    ...spec,
  };
  const le = s.endian === 'little';
  const out = new Uint8Array(head + (pair ? 0 : values.length * size));
  const view = new DataView(out.buffer);
  (version === 1 ? header1 : header2)(view, s, le);
  const flag = version === 1 ? 348 : 540;
  if (extension.length) out[flag] = 1;
  out.set(extension, flag + 4);
  if (!pair) for (const [i, v] of values.entries()) put(view, head + i * size, v, le);
  return out;
}

// Elementary functions from + - * / alone. Math.sin, exp and log may differ in the last bit between engines; these
// cannot, so that a seed gives the same picture everywhere. Accurate to about 1e-11, which is far below one grey level.

const bits = new DataView(new ArrayBuffer(8));

/** sin(2 pi t), t in turns. */
export function sinTurns(t: number): number {
  let r = t - Math.floor(t + 0.5);
  if (r > 0.25) r = 0.5 - r;
  else if (r < -0.25) r = -0.5 - r;
  const x = r * 6.283185307179586;
  const q = x * x;
  const high = q * (1 / 6227020800 + q * (-1 / 1307674368000));
  return x * (1 + q * (-1 / 6 + q * (1 / 120 + q * (-1 / 5040 + q * (1 / 362880 + q * (-1 / 39916800 + high))))));
}

/** cos(2 pi t), t in turns. */
export function cosTurns(t: number): number {
  return sinTurns(t + 0.25);
}

/** Natural logarithm of a normal positive number; `Error` for anything else. */
export function ln(x: number): number {
  if (!(x >= 2.3e-308 && x <= 1.7e308)) throw new Error(`ln: need a positive number, got ${x}`);
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  const tail = q * (1 / 9 + q * (1 / 11 + q * (1 / 13 + q / 15)));
  return 2 * s * (1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + tail)))) + exponent * Math.LN2;
}

/** v limited to lo..hi. */
export function clamp(v: number, lo: number, hi: number): number {
  return v < lo ? lo : Math.min(v, hi);
}

/** a at t = 0, b at t = 1. */
export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** 0 below lo, 1 above hi, smooth between (3t^2 - 2t^3); lo > hi turns it round. */
export function smoothstep(lo: number, hi: number, v: number): number {
  const t = clamp((v - lo) / (hi - lo), 0, 1);
  return t * t * (3 - 2 * t);
}

/** A bell like exp(-q), q >= 0, that reaches 0 at q = 5; a few multiplications, for inner loops. */
export function bell(q: number): number {
  if (q >= 5) return 0;
  const s = 1 - 0.2 * q;
  return s * s * s * s;
}

/** A 32-bit mixing function (lowbias32, Chris Wellons, public domain): every input bit moves every output bit. */
export function hash32(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

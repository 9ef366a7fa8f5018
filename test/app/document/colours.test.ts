import { expect, test } from 'vitest';
import { COLOURS, type Colour } from '../../../src/app/document/document';
import { PROPOSAL_COLOURS } from '../../../src/app/planeState';

/** What people without one kind of cones see, in linear RGB. Source: Machado, Oliveira, Fernandes 2009, severity 1. */
const EYES = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

/** CIE L*a*b* of linear sRGB, D65. */
function lab([r, g, b]: readonly number[]): number[] {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(colour: Colour, eye: readonly number[]): number[] {
  const linear = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return lab(
    [0, 1, 2]
      .map((i) => linear.reduce((sum, v, c) => sum + eye[3 * i + c] * v, 0))
      .map((v) => Math.min(1, Math.max(0, v))),
  );
}

/** The smallest difference that any of the eyes sees. */
const difference = (a: Colour, b: Colour) =>
  Math.min(...Object.values(EYES).map((eye) => Math.hypot(...seen(a, eye).map((v, i) => v - seen(b, eye)[i]))));

test('colours of objects are told apart by all eyes, from each other and from the proposals’', () => {
  const all = [...COLOURS, ...Object.values(PROPOSAL_COLOURS)];
  for (const [i, a] of all.entries())
    for (const b of all.slice(0, i)) expect(difference(a, b), `${a} ${b}`).toBeGreaterThan(15);
});

// Prompts by name: what a row of a batch is told about its object. Names are parts joined by +, e.g. point-2+neg-1,
// box+point-1, mask. Pure geometry; not responsible for the model's frame (`trainItems` is).
import { tightBox } from '../train/metrics/box';
import { joinPrompts, negativePoints, type Prompt, pointPrompt } from './prompts';
import { boxPrompt, jitterBox } from './promptsBox';
import type { Rng } from './rng';

/** The parts of a prompt. */
export interface PromptKind {
  /** Points on the object: random ones, or its innermost pixel. */
  readonly points: number;
  readonly center: boolean;
  /** Points on the background, near the object. */
  readonly negative: number;
  /** IoU of the box with the tight one; 1 is the tight box itself, null no box. */
  readonly box: number | null;
  /** A rough earlier mask of the object. */
  readonly mask: boolean;
}

/** In messages and help. */
export const PROMPT_KINDS =
  'center, point-N (N in 1..100), neg-N, box, box-T (T in 0.05..1), mask, several of them joined by +, or none';

const NOTHING: PromptKind = { points: 0, center: false, negative: 0, box: null, mask: false };

/** The parts that a name stands for. `Error` for a name that is none, or names a part twice. */
export function promptKind(name: string): PromptKind {
  if (name === 'none') return NOTHING;
  const fail = (): never => {
    throw new Error(`prompt '${name}' is unknown; there are ${PROMPT_KINDS}`);
  };
  let kind = NOTHING;
  for (const part of name.split('+')) {
    const made = onePart(part) ?? fail();
    const twice = (Object.keys(made) as (keyof PromptKind)[]).find((k) => kind[k] !== NOTHING[k]);
    if (twice) throw new Error(`prompt '${name}' says twice what it is about ${twice}`);
    kind = { ...kind, ...made };
  }
  return kind;
}

function onePart(part: string): Partial<PromptKind> | null {
  if (part === 'center') return { points: 1, center: true };
  if (part === 'box') return { box: 1 };
  if (part === 'mask') return { mask: true };
  const [, kind, amount] = /^(point|neg|box)-(\d+(?:\.\d+)?)$/.exec(part) ?? [];
  const n = Number(amount);
  if (kind === 'box') return n >= 0.05 && n <= 1 ? { box: n } : null;
  if (!kind || !Number.isInteger(n) || n < 1 || n > 100) return null;
  return kind === 'point' ? { points: n } : { negative: n };
}

/** Prompt tokens that a row takes, SAM's padding point (where there is no box) included; 0 for `none` and `mask`. */
export function tokensOfKind({ points, negative, box }: PromptKind): number {
  const clicks = points + negative;
  if (box !== null) return clicks + 2;
  return clicks ? clicks + 1 : 0;
}

/** Points and box of a prompt by its name; without either it is empty. `Error` for another name or an empty mask. */
export function samplePrompt(name: string, mask: ArrayLike<number>, width: number, height: number, rng: Rng): Prompt {
  const kind = promptKind(name);
  const parts: Prompt[] = [];
  if (kind.points) {
    parts.push(pointPrompt(mask, width, height, kind.center ? 'center' : { rng, count: kind.points }));
  }
  if (kind.negative) parts.push(negativePoints(mask, width, height, { rng, count: kind.negative }));
  if (kind.box !== null) {
    const tight = tightBox(mask, width, height);
    // A box of IoU 1 that was asked for by number goes through the same draw as the others.
    parts.push(boxPrompt(/(^|\+)box(\+|$)/.test(name) ? tight : jitterBox(tight, kind.box, width, height, rng)));
  }
  return joinPrompts(...parts);
}

/**
 * A rough earlier mask of an object as logits (−10..10) of a size² map of its side² frame: moved by up to a tenth of its
 * extent, its border softened, grown or shrunk. `Error` for an empty mask.
 */
export function roughMask(mask: Uint8Array, side: number, size: number, rng: Rng): Float32Array {
  const [x0, y0, x1, y1] = tightBox(mask, side, side);
  const step = side / size;
  const shift = [rng.uniform(-0.1, 0.1) * (x1 - x0 + 1), rng.uniform(-0.1, 0.1) * (y1 - y0 + 1)];
  const radius = Math.max(step, 0.05 * Math.max(x1 - x0, y1 - y0));
  const level = rng.uniform(0.3, 0.7);
  const out = new Float32Array(size * size);
  for (let p = 0; p < out.length; p++) {
    const x = ((p % size) + 0.5) * step - 0.5 - shift[0];
    const y = (Math.floor(p / size) + 0.5) * step - 0.5 - shift[1];
    out[p] = Math.min(10, Math.max(-10, 20 * (covered(mask, side, x, y, radius) - level)));
  }
  return out;
}

/** Share of the square of half side `radius` around (x, y) that the mask covers, from 9 × 9 samples. */
function covered(mask: Uint8Array, side: number, x: number, y: number, radius: number): number {
  let n = 0;
  for (let j = -4; j <= 4; j++) {
    for (let i = -4; i <= 4; i++) {
      const [u, v] = [Math.round(x + (i * radius) / 4), Math.round(y + (j * radius) / 4)];
      if (u >= 0 && v >= 0 && u < side && v < side && mask[v * side + u]) n++;
    }
  }
  return n / 81;
}

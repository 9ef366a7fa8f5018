// What a difficulty level does to the numbers that a phantom is drawn with. Not responsible for what is drawn.
import { mix } from './drawMath';

/** The level of the pictures that scores are published for. */
export const USUAL_LEVEL = 0.5;

/** `easy` at level 0, exactly 1 at 0.5, `hard` at 1, linear between: what a quantity is multiplied by. */
export type Factor = (easy: number, hard: number) => number;

/** The factors of a level; `Error` unless it is 0 (easy) to 1 (hard). */
export function factorOf(level: number): Factor {
  if (!(level >= 0 && level <= 1)) throw new Error(`phantom: level must be 0 (easy) to 1 (hard), got ${level}`);
  return (easy, hard) => (level <= 0.5 ? mix(1, easy, 1 - 2 * level) : mix(1, hard, 2 * level - 1));
}

/** Moves a value from or to a centre by a factor; by 1 it stays, to the last bit. */
export const spread = (value: number, centre: number, factor: number): number =>
  factor === 1 ? value : centre + (value - centre) * factor;

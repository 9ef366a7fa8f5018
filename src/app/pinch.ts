/** Two fingers: how they move and spread, from one event to the next. Knows no DOM. */

type Spot = { readonly x: number; readonly y: number };

/** A change of what two fingers hold: moved by CSS pixels, and zoomed by a factor about the place between them. */
export interface Pinched extends Spot {
  readonly dx: number;
  readonly dy: number;
  readonly factor: number;
}

/** Fingers by the ids of their pointers. */
export interface Pinch {
  /** Whether there are two or more now: what the first began is given up. */
  down(id: number, at: Spot): boolean;
  /** Whether the move belongs to a pinch. */
  move(id: number, at: Spot): boolean;
  /** Whether the finger belonged to a pinch, be it that the other one was lifted before. */
  up(id: number): boolean;
}

/** `change` is told of every move of one of two fingers. */
export function makePinch(change: (p: Pinched) => void): Pinch {
  const fingers = new Map<number, Spot>();
  let pinching = false;
  const hold = () => {
    const [a, b] = [...fingers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) };
  };
  return {
    down(id, at) {
      fingers.set(id, at);
      pinching ||= fingers.size > 1;
      return pinching;
    },
    move(id, at) {
      if (!fingers.has(id)) return false;
      if (!pinching) {
        fingers.set(id, at);
        return false;
      }
      if (fingers.size > 1) {
        const before = hold();
        fingers.set(id, at);
        const now = hold();
        change({ x: now.x, y: now.y, dx: now.x - before.x, dy: now.y - before.y, factor: now.apart / before.apart });
      }
      return true;
    },
    up(id) {
      const was = fingers.delete(id) && pinching;
      if (!fingers.size) pinching = false;
      return was;
    },
  };
}

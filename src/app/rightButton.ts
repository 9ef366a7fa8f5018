/**
 * The right button with tools that have no drags: a click is the tool's, a drag changes the window. So the tool is told when the button is
 * let go.
 */
import type { App } from './app';
import { shownCase } from './state';
import type { Tool, ToolEvent } from './tool';
import { makeWindowDrag } from './windowDrag';

/** CSS pixels from which on a press is a drag. */
const DRAG = 5;

type Spot = { readonly x: number; readonly y: number };

/** What becomes of presses of the right button; places are in CSS pixels. */
export interface RightButton {
  /** Whether the press waits to be told a click from a drag; else it is the tool's. */
  down(event: ToolEvent, tool: Tool, at: Spot): boolean;
  /** Whether the move was taken. */
  move(event: ToolEvent, at: Spot): boolean;
  /** Whether it was a drag; a click is handed to the tool where it ended well. */
  up(well: boolean): boolean;
  /** The press means nothing any more; false where there is none. */
  cancel(): boolean;
}

/** The button is not pressed. Cases with colours have no window: there all is the tool's. */
export function makeRightButton(app: App): RightButton {
  const windowing = makeWindowDrag();
  let held: (Spot & { readonly event: ToolEvent; readonly tool: Tool }) | null = null;
  let moved = false;
  return {
    down(event, tool, at) {
      const grey = shownCase(app.store.get())?.info.channels === 1;
      held = grey && !tool.move ? { event, tool, ...at } : null;
      moved = false;
      if (held) windowing.begin(event, app);
      return held !== null;
    },
    move(event, at) {
      if (!held) return false;
      moved ||= Math.hypot(at.x - held.x, at.y - held.y) > DRAG;
      if (moved) windowing.move(event, app);
      return true;
    },
    up(well) {
      const was = held;
      held = null;
      windowing.end();
      if (was && !moved && well) was.tool.down?.(was.event, app);
      return was !== null && moved;
    },
    cancel() {
      const was = held;
      held = null;
      if (was) windowing.cancel(app);
      return was !== null;
    },
  };
}

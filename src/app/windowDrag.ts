/** Window and level by drag: for the tool, and for the right button of tools that have no use for it. */
import type { App } from './app';
import type { Window } from './document/caseInfo';
import { shownCase } from './state';
import type { ToolEvent } from './tool';
import { draggedWindow } from './windowPresets';

/** A drag from the moment the button is pressed. */
export interface WindowDrag {
  begin(e: ToolEvent, app: App): void;
  move(e: ToolEvent, app: App): void;
  end(): void;
  /** As it was when the button was pressed. */
  cancel(app: App): boolean;
}

/** Nothing is dragged yet. Cases with colours have no window. */
export function makeWindowDrag(): WindowDrag {
  let start: { readonly window: Window; readonly x: number; readonly y: number } | null = null;
  return {
    begin(e, { store }) {
      const open = shownCase(store.get());
      start = open?.info.channels === 1 ? { window: open.look.window, ...e.toScreen(e.x, e.y) } : null;
    },
    move(e, { store, control }) {
      const open = shownCase(store.get());
      if (!start || !open) return;
      const at = e.toScreen(e.x, e.y);
      control.setLook({ window: draggedWindow(start.window, at.x - start.x, at.y - start.y, open.info.range) });
    },
    end() {
      start = null;
    },
    cancel({ control }) {
      if (!start) return false;
      control.setLook({ window: start.window });
      start = null;
      return true;
    },
  };
}

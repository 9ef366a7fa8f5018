/** What the parts of the page are given: the state, the actions, the engine, and what only the page can do. */
import type { Controller } from './controller';
import type { EngineClient } from './rpc';
import type { AppState } from './state';
import type { Store } from './store';

/** The page. */
export interface App {
  readonly store: Store<AppState>;
  readonly control: Controller;
  /** For calls that no action of the controller makes; their errors go to `control.report`. */
  readonly client: EngineClient;
  /** Shows the file dialog. */
  readonly openDialog: () => void;
  readonly toggleHelp: () => void;
  /** Zooms the plane that is worked in about its middle. */
  readonly zoom: (factor: number) => void;
  /** One pixel of the image on one of the screen, in the plane that is worked in. */
  readonly actualSize: () => void;
  /** Shows the whole slice in all planes again. */
  readonly showAll: () => void;
}

/** Calls `update` with the state now and after every change. Returns how to stop. */
export function follow(app: Pick<App, 'store'>, update: (s: AppState, before: AppState | null) => void): () => void {
  update(app.store.get(), null);
  return app.store.watch(update);
}

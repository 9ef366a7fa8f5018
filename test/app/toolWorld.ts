/** A page without DOM for tests of tools: a store, the real edits, an engine that is asked for nothing. */
import type { App } from '../../src/app/app';
import { makeController } from '../../src/app/controller';
import type { CaseInfo } from '../../src/app/document/caseInfo';
import { planeOf } from '../../src/app/document/planes';
import type { EngineClient } from '../../src/app/rpc';
import { type AppState, promptOf, shownCase } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import type { ToolEvent } from '../../src/app/tool';
import { stateWith } from './cases';

/** The page with `info` open; ten CSS pixels a pixel. */
export function toolWorld(info: CaseInfo, change: Partial<AppState> = {}) {
  const store = makeStore<AppState>({ ...stateWith(info), engine: 'starting', ...change });
  const client = { call: async () => null, fail() {} } as unknown as EngineClient;
  const app = { store, client, control: makeController(store, client) } as unknown as App;
  const event = (x: number, y: number, more: Partial<ToolEvent> = {}): ToolEvent => ({
    ...{ plane: 'axial', slice: 0, geometry: planeOf(info, 'axial'), x, y, other: false, shift: false },
    toScreen: (u, v) => ({ x: 10 * u, y: 10 * v }),
    ...more,
  });
  return {
    ...{ app, store, event },
    prompt: () => promptOf(store.get()),
    doc: () => shownCase(store.get())!.timeline.now,
    steps: () => shownCase(store.get())!.timeline.past.map((s) => s.words),
  };
}

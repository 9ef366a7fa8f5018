/** The page: starts the engine in its worker and puts the parts together. */
import type { App } from './app';
import { makeController } from './controller';
import { makeFiles } from './files';
import { makeHelp } from './help';
import { listenForKeys } from './keys';
import { workerFailed } from './notices';
import { makeNoticeView } from './noticeView';
import { keepOffline } from './offline/keepOffline';
import { mountPanels } from './panel';
import { makeReadOut } from './readOut';
import { makeClient } from './rpc';
import { initialState } from './state';
import { makeStatusBar } from './statusBar';
import { makeStore } from './store';
import { makeToolbar } from './toolbar';
import { mountViews } from './viewGrid';

const store = makeStore(initialState());
const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });
const client = makeClient(worker, (event) => control.heard(event));
const control = makeController(store, client);

worker.addEventListener('error', (e) => {
  e.preventDefault();
  client.fail(e.message);
  store.set({ engine: 'failed', running: false, work: null, notice: workerFailed(e.message) });
});

const parts = { store, control, client, openDialog: makeFiles(control), toggleHelp: makeHelp() };
const views = mountViews({ ...parts, zoom: () => {}, showAll: () => {}, actualSize: () => {} });
const app: App = { ...parts, ...views };
makeToolbar(app);
mountPanels(app);
makeReadOut(app);
makeStatusBar(store);
makeNoticeView(store, control, app.openDialog);
listenForKeys(app);
void control.start();
void keepOffline(store);

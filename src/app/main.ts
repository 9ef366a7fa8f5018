/** The page: starts the engine in its worker and puts the parts together. */
import { makeController } from './controller';
import { makeFiles } from './files';
import { makeHelp } from './help';
import { listenForKeys } from './keys';
import { workerFailed } from './notices';
import { makeNoticeView } from './noticeView';
import { makePanel } from './panel';
import { makeResults } from './results';
import { makeClient } from './rpc';
import { makeRunCard } from './runCard';
import { makeSamples } from './samples';
import { makeStage } from './stage';
import { initialState } from './state';
import { makeStatusBar } from './statusBar';
import { makeStore } from './store';
import { makeToolbar } from './toolbar';

const store = makeStore(initialState());
const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });
const client = makeClient(worker, (event) => control.lost(event.message));
const control = makeController(store, client);

worker.addEventListener('error', (e) => {
  e.preventDefault();
  client.fail(e.message);
  store.set({ engine: 'failed', running: false, work: null, notice: workerFailed(e.message) });
});

const stage = makeStage(store, control);
const openFile = makeFiles(control);
makeToolbar(store, control, stage);
makePanel(store, control);
makeRunCard(store, control);
makeResults(store);
makeStatusBar(store);
makeNoticeView(store, control, openFile);
listenForKeys({ store, control, stage, openFile, toggleHelp: makeHelp() });
void control.start();
makeSamples(store, control, client);

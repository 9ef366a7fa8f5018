/** What a step is made of: which plan, and the button that opens it as a table. */
import { type App, follow } from '../app';
import { el, setEnabled, setText } from '../dom';
import { field, selectOf } from '../inside/fields';
import { insideWhich } from '../inside/insideWatch';
import { makePlanDialog } from '../inside/planDialog';
import type { PLANS } from '../insideProtocol';
import type { Panel } from '../panel';
import { onVolumes } from '../state';
import { tracked } from '../work';

/** The panel. */
export const panel: Panel = { id: 'inside-plan', place: 'inside', title: 'Plan of a step', order: 40, mount };

type PlanName = (typeof PLANS)[number];

const TITLES: Readonly<Record<PlanName, string>> = {
  train: 'Training step',
  encode: 'Image encoder',
  predict: 'Mask for a click',
};

function mount(host: HTMLElement, app: App): void {
  const { store, client, control } = app;
  const dialog = makePlanDialog();
  const choice = selectOf('plan-choice', Object.entries(TITLES), () => {});
  const button = (word: string, title: string, time: boolean) => {
    const made = el('button', { type: 'button', className: 'plain', title }, word);
    made.addEventListener('click', () => void show(time));
    return made;
  };
  const open = button('Show table', 'Every dispatch of the step: module, kernel, shape, bytes, FLOPs', false);
  const timed = button('Measure times', 'Runs the step once on zeros and adds microseconds by timestamp queries', true);
  const words = el('p', { className: 'quiet' });
  host.append(field('Step', choice.element, 'Which computation'), el('div', { className: 'row' }, open, timed), words);
  let busy = false;
  const update = () => {
    const s = store.get();
    const ready = s.engine === 'ready' && !busy;
    const clock = s.info?.features.includes('timestamp-query') ?? false;
    setEnabled(open, ready);
    // A measurement beside a training run would say nothing.
    setEnabled(timed, ready && clock && !s.running);
    setText(words, s.info && !clock ? 'This device has no timestamp queries: times cannot be measured.' : '');
  };
  const show = async (time: boolean) => {
    const s = store.get();
    const plan = choice.element.value as PlanName;
    busy = true;
    update();
    try {
      const table = await tracked(store, (onProgress) => {
        onProgress({ kind: 'work', what: time ? 'Measuring the step' : 'Planning the step', done: 0, total: 0 });
        return client.call(
          'explain',
          { plan, which: insideWhich(s), config: s.config, volumes: onVolumes(s), time },
          { onProgress },
        );
      });
      dialog.show(`${TITLES[plan]} on ${s.info?.device ?? 'this device'}`, table.rows, table.memory);
    } catch (error) {
      control.report(error, 'while planning the step');
    } finally {
      busy = false;
      update();
    }
  };
  follow(app, update);
}

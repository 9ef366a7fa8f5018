/** What was made of a case, to go on with it another day: dropped again, it is put back onto the same image. */
import { writeSession } from '../document/session';
import type { Exporter } from '../exporter';
import { stemOf } from '../fileLabels';
import { shownCase } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'session',
  label: 'Session',
  about: 'Objects, prompts and view, without the image. Open the image again, then drop this file, to go on.',
  order: 35,
  lacks(s) {
    const open = shownCase(s);
    return open?.timeline.now.objects.length ? null : 'There is no object yet.';
  },
  async run({ store }) {
    const open = shownCase(store.get());
    if (!open) throw new Error('no image is shown');
    const text = writeSession(open.info, open.timeline.now, open.look);
    return { name: `${stemOf(open.info.name)}.session.json`, blob: new Blob([text], { type: 'application/json' }) };
  },
};

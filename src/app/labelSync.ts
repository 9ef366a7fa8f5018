/** Keeps the engine's labels like the document's: what changed is sent, slice by slice, so that it can be drawn. */
import type { Report } from './controller';
import { type CaseDoc, changedSlices, EMPTY_DOC, labelSlice } from './document/document';
import type { EngineClient } from './rpc';
import type { AppState, OpenCase } from './state';
import type { Store } from './store';

/** Watches the store and tells the engine. */
export function syncLabels(store: Store<AppState>, client: EngineClient, report: Report): void {
  const sent = new Map<string, CaseDoc>();
  store.watch(({ cases }, before) => {
    if (cases === before.cases) return;
    for (const id of sent.keys()) if (!cases.has(id)) sent.delete(id);
    for (const [id, open] of cases) {
      const old = sent.get(id) ?? EMPTY_DOC;
      const now = open.timeline.now;
      if (old.objects === now.objects) continue;
      sent.set(id, now);
      send(client, open, old, report);
    }
  });
}

function send(client: EngineClient, { info, timeline: { now } }: OpenCase, old: CaseDoc, report: Report): void {
  const slices = [...changedSlices(old, now)].map((z) => ({ z, data: labelSlice(now, info, z) }));
  const colours = coloursOf(now);
  const transfer = [...slices.map((s) => s.data.buffer), colours.buffer];
  client.call('labels', { case: info.id, slices, colours }, { transfer }).catch(report);
}

/** RGBA of all 256 ids; A is 0 where an object is hidden or there is none. */
export function coloursOf(doc: CaseDoc): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(4 * 256);
  for (const { id, colour, hidden } of doc.objects) out.set([...colour, hidden ? 0 : 255], 4 * id);
  return out;
}

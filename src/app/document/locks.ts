/** What a lock is against: everything that would change an object's masks or prompts, or take it away. Pure. */
import { type CaseDoc, type LabelObject, objectOf } from './document';
import type { Edit } from './edits';
import { sameRuns } from './runs';

/** How an object is called, coloured, shown and ordered is no part of what a lock keeps. */
const FREE: readonly Edit['type'][] = ['lock', 'rename', 'recolour', 'hide', 'move', 'addObjects'];

/** The locked object that stands against a change; null where none is in the way. */
export function lockAgainst(doc: CaseDoc, e: Edit): LabelObject | null {
  if (e.type === 'restore') return doc.objects.find((o) => o.locked && !sameMasks(o, objectOf(e.doc, o.id))) ?? null;
  if (FREE.includes(e.type)) return null;
  const named = 'object' in e && e.object !== undefined ? e.object : doc.active;
  const target = objectOf(doc, named);
  return target?.locked ? target : null;
}

function sameMasks(a: LabelObject, b: LabelObject | null): boolean {
  if (b?.masks.size !== a.masks.size) return false;
  return [...a.masks].every(([z, runs]) => sameRuns(runs, b.masks.get(z) ?? null));
}

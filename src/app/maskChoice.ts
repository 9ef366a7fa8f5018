/** When the model's single mask is asked for, and when its three candidates. */
import type { ViewConfig } from './configs';
import type { Prompt } from './document/document';
import type { Which } from './protocol';

/**
 * Whether three masks are asked for. `auto` is SAM's own rule: one click may mean the whole or a part, so three; more
 * prompts say it, so one. Adapters train the single mask, which is therefore theirs.
 */
export function wantsThree(
  masks: ViewConfig['masks'],
  { points, box }: Pick<Prompt, 'points' | 'box'>,
  which: Which,
): boolean {
  if (masks !== 'auto') return masks === 'three';
  return which === 'base' && points.length === 1 && !box;
}

/** The prompt before its last click; null where there was none. */
export function promptBefore({ points, box }: Prompt): Prompt | null {
  const last = points.at(-1);
  if (!last || (points.length === 1 && !box)) return null;
  return { points: points.slice(0, -1), box, choice: last.onto ?? null };
}

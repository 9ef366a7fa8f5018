/** Sessions: what was made of an image on another day. */
import { isSession, MAX_SESSION, readSession } from '../document/session';
import type { Importer } from '../importer';

/** The importer. */
export const importer: Importer = {
  id: 'session',
  words: 'session',
  order: 5,
  takes: (files) =>
    files.filter(({ head, name }) => /\.session\.json$/i.test(name) || isSession(textOf(head))).map((f) => [f]),
  async open([{ blob, name }]) {
    if (blob.size > MAX_SESSION) throw new Error(`${name}: ${blob.size} bytes are too many for a session`);
    return { session: readSession(await blob.text(), name) };
  },
};

const textOf = (head: Uint8Array): string => new TextDecoder('latin1').decode(head.subarray(0, 512));

// The reference numbers (`goldens`) and sample images (`data`) that lie beside the checkout, in Node and in the browser
// alike. Where a folder is absent, begin a test with `await needShared(context, 'goldens')`: it is then skipped, and
// the run's closing summary names it and says why.
import type { TestContext } from 'vitest';

/** Which of the two folders. */
export type SharedKind = 'goldens' | 'data';

/** Read-only access to both folders; paths use `/` and are relative to the folder. */
export interface SharedReader {
  available(kind: SharedKind): Promise<boolean>;
  read(kind: SharedKind, path: string): Promise<Uint8Array<ArrayBuffer>>;
  list(kind: SharedKind, path: string): Promise<string[]>;
}

declare global {
  var __sharedReader: SharedReader | undefined;
}

const fetchShared = async (kind: SharedKind, path: string): Promise<Response> => {
  const response = await fetch(`/${kind}/${path.split('/').map(encodeURIComponent).join('/')}`);
  if (!response.ok)
    throw new Error(`shared: ${kind}/${path} was not read — ${response.status} ${await response.text()}`);
  return response;
};

/** The reader for pages: asks the test server (sharedPlugin.ts). */
export const fetchReader: SharedReader = {
  available: async (kind) => (await fetch(`/${kind}/`)).ok,
  read: async (kind, path) => new Uint8Array(await (await fetchShared(kind, path)).arrayBuffer()),
  list: async (kind, path) => (await fetchShared(kind, path && !path.endsWith('/') ? `${path}/` : path)).json(),
};

const reader = (): SharedReader => globalThis.__sharedReader ?? fetchReader;

/** Whether the folder is there. */
export const sharedAvailable = (kind: SharedKind): Promise<boolean> => reader().available(kind);

/** Bytes of one file; throws where it is absent or outside the folder. */
export const readShared = (kind: SharedKind, path: string): Promise<Uint8Array<ArrayBuffer>> =>
  reader().read(kind, path);

/** Sorted names in one folder ('' is the top); folders end in `/`. */
export const listShared = (kind: SharedKind, path = ''): Promise<string[]> => reader().list(kind, path);

/** Skips the running test, with the reason, where the folder is absent. */
export const needShared = async (context: Pick<TestContext, 'skip'>, kind: SharedKind): Promise<void> => {
  const variable = kind === 'goldens' ? '$GOLDENS_DIR' : '$DATA_DIR';
  if (!(await sharedAvailable(kind))) context.skip(`no folder ../shared/${kind} (and ${variable} names none)`);
};

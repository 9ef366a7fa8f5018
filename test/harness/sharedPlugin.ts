// Lets the browser tests read ../shared/goldens at /goldens/ and ../shared/data at /data/, read-only. The built site
// and the development server know nothing of it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import type { SharedKind, SharedReader } from './shared';
import { folderReader } from './sharedFolder.ts';

/** Which folder and path a request means; undefined where it is none of ours. */
const wanted = (url: string): { kind: SharedKind; path: string } | undefined => {
  const match = /^\/(goldens|data)\/([^?#]*)/.exec(url);
  return match ? { kind: match[1] as SharedKind, path: decodeURIComponent(match[2]) } : undefined;
};

const answer = async (reader: SharedReader, kind: SharedKind, path: string): Promise<[string, Uint8Array | string]> =>
  path === '' || path.endsWith('/')
    ? ['application/json', JSON.stringify(await reader.list(kind, path))]
    : ['application/octet-stream', await reader.read(kind, path)];

const respond = (response: ServerResponse, status: number, type: string, body: Uint8Array | string): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
};

/** Connect-style handler: a folder's names as JSON, a file's bytes; 404 for what is absent or outside. */
export const sharedHandler =
  (reader: SharedReader = folderReader()) =>
  async (request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> => {
    try {
      const want = wanted(request.url ?? '');
      if (!want) return next();
      if (request.method !== 'GET') return respond(response, 405, 'text/plain', 'read-only');
      respond(response, 200, ...(await answer(reader, want.kind, want.path)));
    } catch {
      respond(response, 404, 'text/plain', 'not found');
    }
  };

/** vite plugin around `sharedHandler`. */
export const sharedFolders = (): Plugin => ({
  name: 'shared-folders',
  configureServer(server) {
    server.middlewares.use(sharedHandler());
  },
});

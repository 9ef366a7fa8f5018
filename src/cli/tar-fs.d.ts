declare module 'tar-fs' {
  /** Writable stream that lays a tar's entries down under `folder`. */
  export function extract(folder: string): NodeJS.WritableStream;
}

/**
 * SHA-256 over texts and bytes in order, hexadecimal: of the digests of all parts, so that nothing is copied together, and
 * no two lists of parts have the same text.
 */
export async function dataHash(parts: Iterable<string | Uint8Array>): Promise<string> {
  const digests: Uint8Array<ArrayBuffer>[] = [];
  for (const part of parts)
    digests.push(await digest(typeof part === 'string' ? new TextEncoder().encode(part) : part));
  const all = await digest(new Uint8Array(await new Blob(digests).arrayBuffer()));
  return Array.from(all, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function digest(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

import type { Dispatch } from './dispatch';

/** Bytes at whose multiples a dispatch's parameters may begin, on every device. */
const ALIGN = 256;

/** The parameters of all dispatches of a plan, for one buffer. */
export interface Params {
  readonly data: Uint32Array<ArrayBuffer>;
  /** Byte at which those of each dispatch begin; equal ones are stored once. */
  readonly at: readonly number[];
}

/** Lays the parameters of `list` out; null when no dispatch has any. */
export function paramsOf(list: readonly Pick<Dispatch, 'kernel'>[]): Params | null {
  const places = new Map<string, number>();
  const at = list.map(({ kernel: { params } }) => {
    if (!params) return 0;
    const key = params.join();
    if (!places.has(key)) places.set(key, places.size * ALIGN);
    return places.get(key)!;
  });
  if (!places.size) return null;
  const data = new Uint32Array((places.size * ALIGN) / 4);
  list.forEach(({ kernel: { params } }, i) => {
    if (params && params.length * 4 > ALIGN)
      throw new Error(`plan: ${params.length} parameters do not fit into ${ALIGN} bytes`);
    params?.forEach((v, k) => {
      data[at[i] / 4 + k] = v;
    });
  });
  return { data, at };
}

/** Which of the files that a person gives are adapters, and which are images, masks and sessions: by name, and by what was found in zips. */

/** Endings of weights, and of archives that hold them. */
const WEIGHTS = /\.(safetensors|pth|pt|zip)$/i;
/** What lies beside the weights in an adapter's folder. */
const BESIDE = /^(adapter_config\.json|README\.md)$/i;

/** Adapter files, which are opened together as one, and all others; `none`: files that are none, whatever they are called. */
export function splitFiles<F extends { readonly name: string }>(
  files: readonly F[],
  none: ReadonlySet<F> = new Set(),
): { readonly adapter: readonly F[]; readonly others: readonly F[] } {
  const isWeights = (f: F) => WEIGHTS.test(f.name) && !none.has(f);
  const weights = files.some(isWeights);
  const isAdapter = (f: F) => weights && (isWeights(f) || BESIDE.test(f.name));
  return { adapter: files.filter(isAdapter), others: files.filter((f) => !isAdapter(f)) };
}

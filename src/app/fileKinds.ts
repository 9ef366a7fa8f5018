/** Which of the files that a person gives are adapters, and which are images, masks and sessions. By name alone. */

/** Endings of weights, and of archives that hold them. */
const WEIGHTS = /\.(safetensors|pth|pt|zip)$/i;
/** What lies beside the weights in an adapter's folder. */
const BESIDE = /^(adapter_config\.json|README\.md)$/i;

/** Adapter files, which are opened together as one, and all others. */
export function splitFiles<F extends { readonly name: string }>(
  files: readonly F[],
): { readonly adapter: readonly F[]; readonly others: readonly F[] } {
  const weights = files.some((f) => WEIGHTS.test(f.name));
  const isAdapter = ({ name }: F) => weights && (WEIGHTS.test(name) || BESIDE.test(name));
  return { adapter: files.filter(isAdapter), others: files.filter((f) => !isAdapter(f)) };
}

// A base of SAM's as the published Med-SA code builds it: another configuration, the same weights under other names.
import type { SamConfig } from '../models/sam/config';
import { releaseConfig } from '../models/sam/releaseConfig';
import type { TensorSource } from '../nn/paramsIo';
import { type Naming, renamesBetween } from './keyNames';

/** The same tensors under other names. */
export function renamedSource(source: TensorSource, from: Naming, to: Naming): TensorSource {
  const rules = renamesBetween(from, to) ?? [];
  const rename = (n: string) => rules.reduce((x, [a, b]) => x.replace(a, b), n);
  const own = new Map(source.names().map((n) => [rename(n), n]));
  const find = (n: string) => own.get(n) ?? n;
  return {
    names: () => [...own.keys()],
    has: (n) => own.has(n),
    shape: (n) => source.shape(find(n)),
    read: (n) => source.read(find(n)),
  };
}

/** In the published code only the blocks that hold bottleneck adapters cut windows before norm1; those with LoRA are SAM's. */
const PLAIN_BLOCKS = ['lora', 'adalora'];

/**
 * Configuration and weights of a base (SAM's names) in release mode, for these `adapters`. The position embedding keeps the
 * side that the base stores; for SAM's own sizes that is the release's 64.
 */
export function asRelease(
  config: SamConfig,
  source: TensorSource,
  adapters: readonly { readonly name: string }[],
): { readonly config: SamConfig; readonly source: TensorSource } {
  const release = releaseConfig(config);
  const norm1InWindow = !adapters.some((a) => PLAIN_BLOCKS.includes(a.name));
  const { imgSize, patchSize, posEmbedSide = Math.floor(imgSize / patchSize) } = config.imageEncoder;
  return {
    config: { ...release, imageEncoder: { ...release.imageEncoder, posEmbedSide, norm1InWindow } },
    source: renamedSource(source, 'sam', 'release'),
  };
}

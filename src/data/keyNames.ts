// The same parameters under different names: SAM's own, the published Med-SA code's, EfficientSAM's. Renaming only; where
// shapes or meanings differ, a name is left as it is and the matching reports it.
import type { Rename } from './keyMap';

/** Whose names. `efficient-sam` is upstream's; Med-SA's copy of it is `efficient-sam-release`. */
export type Naming = 'sam' | 'release' | 'efficient-sam' | 'efficient-sam-release' | 'mobile-sam';

/** All of them, for flags. */
export const NAMINGS: readonly Naming[] = ['sam', 'release', 'efficient-sam', 'efficient-sam-release', 'mobile-sam'];

/** SAM's name ↔ the published Med-SA's, as [SAM's pattern, Med-SA's form, Med-SA's pattern, SAM's form]. */
const release: readonly [RegExp, string, RegExp, string][] = [
  [/\.attn\.rel_pos_([hw])$/, '.attn.rel_$1', /\.attn\.rel_([hw])$/, '.attn.rel_pos_$1'],
  [
    /(\.transformer\.layers\.\d+\.mlp)\.lin1\./,
    '$1.layers.0.0.',
    /(\.transformer\.layers\.\d+\.mlp)\.layers\.0\.0\./,
    '$1.lin1.',
  ],
  [/(\.transformer\.layers\.\d+\.mlp)\.lin2\./, '$1.fc.', /(\.transformer\.layers\.\d+\.mlp)\.fc\./, '$1.lin2.'],
];

/** EfficientSAM's name ↔ that of Med-SA's copy. */
const efficient: readonly [RegExp, string, RegExp, string][] = [
  [
    /(image_encoder\.blocks\.\d+\.mlp)\.fc([12])\./,
    '$1.lin$2.',
    /(image_encoder\.blocks\.\d+\.mlp)\.lin([12])\./,
    '$1.fc$2.',
  ],
];

/** Rules that turn names of `from` into names of `to`; null where they are of different models. */
export function renamesBetween(from: Naming, to: Naming): readonly Rename[] | null {
  if (from === to) return [];
  const table = [from, to].every((n) => n.startsWith('efficient')) ? efficient : release;
  if (table === release && ![from, to].every((n) => n === 'sam' || n === 'release')) return null;
  const forward = from === 'sam' || from === 'efficient-sam';
  return table.map(([a, b, c, d]): Rename => (forward ? [a, b] : [c, d]));
}

/** Whose names these are, told by those that only one has; null where nothing tells (adapters alone). */
export function namingOf(names: Iterable<string>): Naming | null {
  let sam = false;
  let found: Naming | null = null;
  for (const name of names) {
    if (/(^|\.)image_encoder\.(patch_embed\.seq|layers\.\d+\.blocks)\./.test(name)) return 'mobile-sam';
    if (/final_output_upscaling_layers\.|bbox_top_left_embeddings/.test(name)) found = 'efficient-sam-release';
    if (/image_encoder\.blocks\.\d+\.mlp\.fc1\./.test(name)) return 'efficient-sam';
    if (/transformer\.layers\.\d+\.mlp\.(layers\.0\.0|fc)\.|\.attn\.rel_[hw]$/.test(name)) found ??= 'release';
    if (
      /image_encoder\.(pos_embed|patch_embed|blocks\.\d+\.(attn\.(qkv|rel_pos)|mlp\.lin))|mask_decoder\.iou_/.test(name)
    )
      sam = true;
  }
  return found ?? (sam ? 'sam' : null);
}

// Adapters of other projects under this project's names: LoRA with keys w_a_000, w_b_000 …, and peft's.
import { foreignLora } from './adapterFind';
import { CheckpointError } from './errors';
import type { Rename } from './keyMap';
import type { TensorEntry } from './tensorFile';

/** Two tensors one below the other (along the first axis), as one. */
function stacked(name: string, [a, b]: readonly [TensorEntry, TensorEntry]): TensorEntry {
  const shape = [a.shape[0] + b.shape[0], ...a.shape.slice(1)];
  const read = async () => {
    const out = new Uint8Array(a.bytes + b.bytes);
    out.set(await a.read());
    out.set(await b.read(), a.bytes);
    return out;
  };
  return { name, dtype: a.dtype, shape, bytes: a.bytes + b.bytes, read };
}

const key = (ab: 'a' | 'b', n: number) => `w_${ab}_${String(n).padStart(3, '0')}`;

/**
 * LoRA of SAM's queries and values with keys w_a_N [r, C], w_b_N [C, r]: N = 2i is q of block i, 2i + 1 is v, and the
 * change counts whole (alpha = rank). `CheckpointError` where numbers are missing or shapes differ; null where the file
 * has no such keys.
 */
export function foreignLoraOf(
  entries: ReadonlyMap<string, TensorEntry>,
  name: string,
): { readonly entries: Map<string, TensorEntry>; readonly rank: number; readonly used: ReadonlySet<string> } | null {
  const numbers = [...entries.keys()].flatMap((n) => /^w_[ab]_(\d{3})$/.exec(n)?.[1] ?? []);
  if (!numbers.length) return null;
  const count = Math.max(...numbers.map(Number)) + 1;
  const bad = (what: string) =>
    new CheckpointError(`${name}: ${foreignLora}: ${what} — the file is not whole; get it again`);
  if (count % 2) throw bad(`${count} changes, expected two (q and v) for every block`);
  const out = new Map<string, TensorEntry>();
  const used = new Set<string>();
  const first = entries.get(key('a', 0))?.shape ?? [];
  const find = (ab: 'a' | 'b', n: number): TensorEntry => {
    const entry = entries.get(key(ab, n));
    if (!entry) throw bad(`${key(ab, n)} is missing`);
    const [rows, columns] = ab === 'a' ? [first[0], first[1]] : [first[1], first[0]];
    if (entry.shape.length !== 2 || entry.shape[0] !== rows || entry.shape[1] !== columns)
      throw bad(`${entry.name} expected [${rows},${columns}], found [${entry.shape}]`);
    used.add(entry.name);
    return entry;
  };
  for (let i = 0; i < count / 2; i++) {
    for (const ab of ['a', 'b'] as const) {
      const full = `image_encoder.blocks.${i}.attn.qkv.lora_${ab.toUpperCase()}`;
      out.set(full, stacked(full, [find(ab, 2 * i), find(ab, 2 * i + 1)]));
    }
  }
  return { entries: out, rank: first[0], used };
}

/** peft's names of LoRA, and those of SAM in its usual companion library, as rules to this project's. */
export const peftRenames: readonly Rename[] = [
  [/^base_model\.model\./, ''],
  [/\.lora_([ABE])(?:\.default)?(?:\.weight)?$/, '.lora_$1'],
  [/(^|\.)vision_encoder\.layers\./, '$1image_encoder.blocks.'],
];

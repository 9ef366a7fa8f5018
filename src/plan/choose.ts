import type { Caps } from '../gpu/device';
import type { Kernel, Target } from '../tensor/op';
import type { Tensor } from '../tensor/tensor';
import { type Question, type Tuned, tunedVariant } from './tuned';

/** The variant of `op` to take of those `offered`; undefined: no wish. */
export type Prefer = (op: string, offered: readonly string[]) => string | undefined;

/** Settings of the `choose` pass. */
export interface Choice {
  readonly caps: Caps;
  readonly target: Target;
  /** Variant to force, by op name (tests, tuning). */
  readonly variants?: Readonly<Record<string, string>>;
  /** Asked where nothing is forced. */
  readonly prefer?: Prefer;
  /** How shaders read 16 bits: as `f16` where the device can, or unpacked from words, as every device can. */
  readonly half?: 'f16' | 'packed16';
  /** What measuring on this device found; the ops' own order where it says nothing. */
  readonly tuned?: Tuned;
}

/** Forced by name, else measured, else the first that the device can run. */
export function choose(
  node: Tensor,
  kernels: readonly Kernel[],
  usable: readonly Kernel[],
  question: Question | null,
  { variants, tuned, prefer }: Choice,
): Kernel {
  const wanted = variants?.[node.op.name];
  const wish = prefer?.(
    node.op.name,
    usable.map((k) => k.variant),
  );
  const best =
    wanted ??
    usable.find((k) => k.variant === wish)?.variant ??
    (question && tuned ? tunedVariant(question, tuned) : null);
  const kernel = best ? usable.find((k) => k.variant === best) : usable[0];
  if (!kernel) {
    const names = kernels.map((k) => k.variant).join(', ') || 'none';
    throw new Error(
      `${node.op.name} at ${node.path}: no ${wanted ? `variant ${wanted}` : 'kernel'} for this device; there are: ${names}`,
    );
  }
  return kernel;
}

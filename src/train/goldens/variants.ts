import type { Caps } from '../../gpu/device';
import type { How } from './how';

/** A way to compute cases, by name. */
export interface Variant {
  readonly name: string;
  readonly how: How;
  /** Stores values in 16 bits: says something of whole training steps alone. */
  readonly halves?: boolean;
}

/** Forms, orders and storages: everything that is chosen above single kernels. */
export function fixedVariants(caps: Caps): readonly Variant[] {
  const halves = (precision: 'mixed' | 'packed16' | 'f16'): Variant => ({
    name: precision,
    how: { precision },
    halves: true,
  });
  return [
    { name: 'default', how: {} },
    { name: 'software', how: { plan: { target: { software: true } } } },
    { name: 'gpu', how: { plan: { target: { software: false } } } },
    { name: 'unfused', how: { plan: { fuse: false } } },
    { name: 'remat', how: { remat: 'blocks' } },
    ...(['composed', 'recomputed', 'flash'] as const).map((form) => ({ name: form, how: { attention: form } })),
    halves('mixed'),
    halves('packed16'),
    ...(caps.features.includes('shader-f16') ? [halves('f16')] : []),
  ];
}

/** Kernels by name, taken by whatever op offers one of that name. */
export interface KernelVariants {
  /** `how` with notes of what is offered. */
  watch(how: How): How;
  /** A variant for every name seen, in the first `how` that offered it. */
  found(): readonly Variant[];
}

/** Finds kernels as plans are made. */
export function kernelVariants(): KernelVariants {
  const seen = new Map<string, How>();
  return {
    watch(how) {
      const prefer = (op: string, offered: readonly string[]) => {
        if (offered.length > 1) for (const name of offered) if (!seen.has(name)) seen.set(name, how);
        return how.plan?.prefer?.(op, offered);
      };
      return { ...how, plan: { ...how.plan, prefer } };
    },
    found: () => [...seen].map(([name, how]) => kernelVariant(name, how)),
  };
}

/** Kernels called `name` wherever an op offers one. */
export function kernelVariant(name: string, how: How = {}): Variant {
  const prefer = (_: string, offered: readonly string[]) => (offered.includes(name) ? name : undefined);
  return { name: `kernel ${name}`, how: { ...how, plan: { ...how.plan, prefer } } };
}

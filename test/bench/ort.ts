import type { Engine } from './engine';
/** Not there yet. */
export async function openEngine(): Promise<Engine> {
  return { build: async () => null };
}

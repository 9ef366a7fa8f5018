import type { Gpu } from '../../gpu/device';
import { showMemory } from '../../plan/memory';
import { completeRun, type RunConfig } from '../configs';
import type { InsideApi } from '../insideProtocol';
import type { ArgsOf } from '../protocol';
import type { Base } from './base';
import type { Desk } from './decode';
import { engineDiagnostics } from './diagnostics';
import type { EmbeddingStore } from './embeddingStore';
import { makeInside } from './inside';
import { planTable, stepMemory } from './planTable';

/** What diagnostics tell of; a device or base may be missing. */
export interface About {
  readonly gpu: Gpu | null;
  readonly base: Promise<Base> | null;
  readonly store: EmbeddingStore;
  readonly cases: number;
  /** The run in words. */
  readonly run: string;
}

type InsideHandlers = { readonly [M in keyof InsideApi]: (a: ArgsOf<M>) => Promise<ReturnType<InsideApi[M]>> };

/** The engine's methods for looking inside. */
export function insideMethods(deskOf: () => Promise<Desk>, about: () => About): InsideHandlers {
  const inside = makeInside();
  return {
    insideParts: async ({ which }) => inside.parts(await deskOf(), which),
    attention: async (a) => inside.attention(await deskOf(), a),
    activations: async (a) => inside.activations(await deskOf(), a),
    weights: async (a) => inside.weights(await deskOf(), a),
    async explain(a) {
      const desk = await deskOf();
      return desk.inTurn('base', () => planTable(desk.gpu, desk.base, a));
    },
    async forgetEmbeddings() {
      await about().store.clear();
      return null;
    },
    async diagnostics({ config, volumes }) {
      const { gpu, cases, run, base: loading } = about();
      const base = await (loading ?? Promise.resolve(null)).catch(() => null);
      return engineDiagnostics(gpu, base, { cases, run, planned: await plannedText(gpu, base, config, volumes) });
    },
  };
}

/** Memory of the training step that the panel describes; in words where it cannot be planned. */
async function plannedText(gpu: Gpu | null, base: Base | null, config: RunConfig, volumes: boolean): Promise<string> {
  if (!gpu || !base) return 'unknown';
  try {
    return showMemory(await stepMemory(gpu, base, completeRun(config), volumes));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

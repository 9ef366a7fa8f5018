import type { ArgsOf } from '../protocol';
import type { CallContext } from '../rpc';
import type { Cases } from './cases';
import { type Desk, previewAt } from './decode';
import { everythingAt } from './everything';
import { statisticsOf } from './statistics';

/** The engine's methods for segmenting beyond single prompts. */
export function segmentMethods(desk: () => Promise<Desk>, cases: Cases) {
  return {
    preview: async (a: ArgsOf<'preview'>, context: CallContext) => previewAt(await desk(), a, context),
    everything: async (a: ArgsOf<'everything'>, context: CallContext) => everythingAt(await desk(), a, context),
    statistics: async ({ case: id, masks }: ArgsOf<'statistics'>) => statisticsOf(cases.get(id), masks),
  };
}

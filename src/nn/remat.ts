import { segment } from '../tensor/tensor';
import { context, contextKey } from './context';
import { find, type Module } from './module';

/** Whether the wraps of `remat` do anything where a graph is being traced. */
export const REMAT = contextKey('remat', true);

/**
 * Wraps the modules of `model` that match `pattern` (see `find`) so that nothing but their inputs is kept for the
 * backward: it computes what it needs of each a second time, just before. Costs one more forward of those modules and
 * changes no value. Adapters that are to be inside are attached before. Modules that are wrapped already stay as they
 * are. Returns their paths; throws with near names when nothing matches. Source: torch.utils.checkpoint.
 */
export function remat(model: Module, pattern = 'image_encoder.blocks.*'): readonly string[] {
  const found = find(model, pattern);
  for (const m of found) {
    if (!m.wrapped().includes('remat')) m.wrap('remat', (next, args) => rematerialised(() => next(...args)));
  }
  return found.map((m) => m.path);
}

function rematerialised<T>(f: () => T): T {
  return context(REMAT) ? segment(f) : f();
}

import { halfGradient } from '../ops/half';
import { context, contextKey } from './context';
import { find, type Module, type Result } from './module';

/** Whether the wraps of `halfGradients` do anything where a graph is being traced. */
export const HALF_GRADIENTS = contextKey('halfGradients', false);

/**
 * Wraps the modules of `model` that match `pattern` (see `find`) so that the gradient of what they return is kept in 16 bits
 * while their backward runs. Values do not change. Goes around `remat`. Wrapped already, they stay as they are. Returns their paths; throws
 * with near names when nothing matches.
 */
export function halfGradients(model: Module, pattern = 'image_encoder.blocks.*'): readonly string[] {
  const found = find(model, pattern);
  for (const m of found) {
    if (!m.wrapped().includes('halfGradients')) m.wrap('halfGradients', (next, args) => marked(next(...args)));
  }
  return found.map((m) => m.path);
}

function marked(y: Result): Result {
  return context(HALF_GRADIENTS) && y && 'op' in y ? halfGradient(y as Parameters<typeof halfGradient>[0]) : y;
}

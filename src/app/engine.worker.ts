/** The worker that owns the GPU: answers the page's calls. */
import { describe } from './engine/describe';
import { makeEngine } from './engine/engine';
import type { EngineEvent } from './protocol';
import { type Port, serve } from './rpc';

let emit: (event: EngineEvent) => void = () => {};
emit = serve(
  self as unknown as Port,
  makeEngine((event) => emit(event)),
  describe,
);

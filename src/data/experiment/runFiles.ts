import { ADAPTER_FILES, type AdapterInfo, writeAdapter } from '../adapterFile';
import type { TensorToWrite } from '../safetensors';

/** Names of the files of a run, the same for command line and page. */
export const RUN_FILES = {
  record: 'run.json',
  metrics: 'metrics.jsonl',
  summary: 'summary.json',
  state: 'state.safetensors',
  last: 'last.safetensors',
  best: 'best.safetensors',
  /** Pictures of best and worst objects. */
  overlays: 'overlays',
} as const;

/** The adapter after the last checkpoint, or that with the best Dice of all evaluations. */
export type Checkpoint = 'last' | 'best';

/** Files of a run's adapter by name: its weights, and with the last one the configuration and card of the folder. */
export function adapterFilesOf(
  which: Checkpoint,
  tensors: readonly TensorToWrite[],
  info: AdapterInfo,
): ReadonlyMap<string, Blob> {
  const files = writeAdapter(tensors, info);
  const weights = [RUN_FILES[which], files.get(ADAPTER_FILES.weights)!] as const;
  if (which === 'best') return new Map([weights]);
  const beside = [ADAPTER_FILES.config, ADAPTER_FILES.card].map((name) => [name, files.get(name)!] as const);
  return new Map([weights, ...beside]);
}

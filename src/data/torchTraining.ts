// The checkpoint that the published Med-SA training writes (best_dice_checkpoint.pth): a dict of epoch, model, state_dict,
// optimizer, best_tol and path_helper, in both directions.
import { CheckpointError } from './errors';
import { pyFloat } from './pickleWrite';
import type { TensorEntry, TensorFile } from './tensorFile';
import { stateDict, type TorchValue, torchParts } from './torchWrite';

/** State of torch's Adam: moments and step count per parameter, by its place in the list of parameters. */
export interface OptimizerState {
  readonly state: ReadonlyMap<number, Readonly<Record<string, TensorEntry>>>;
  /** Options (`lr`, `betas` …) and `params`, the places that belong to the group. Plain values. */
  readonly paramGroups: readonly Readonly<Record<string, unknown>>[];
}

/** What such a file holds. */
export interface TrainingCheckpoint {
  readonly epoch: number;
  /** Name of the network: `sam`, `efficient_sam`, `mobile_sam`. */
  readonly model: string;
  readonly stateDict: ReadonlyMap<string, TensorEntry>;
  readonly optimizer: OptimizerState | null;
  readonly bestTol: number;
  /** Folders of the run; plain values. */
  readonly pathHelper: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (x: unknown): x is Fields => typeof x === 'object' && x !== null && !Array.isArray(x);

function optimizerOf(file: TensorFile, value: unknown): OptimizerState | null {
  if (!isFields(value) || !isFields(value.state) || !Array.isArray(value.param_groups)) return null;
  const state = new Map<number, Record<string, TensorEntry>>();
  for (const [place, slots] of Object.entries(value.state)) {
    const own: Record<string, TensorEntry> = {};
    for (const [name, ref] of Object.entries(isFields(slots) ? slots : {})) {
      const entry = isFields(ref) ? file.entries.get(String(ref.tensor)) : undefined;
      if (entry) own[name] = entry;
    }
    state.set(Number(place), own);
  }
  return { state, paramGroups: value.param_groups.filter(isFields) };
}

/** The parts of an opened training checkpoint; `CheckpointError` where it has no `state_dict` beside its `epoch`. */
export function readTrainingCheckpoint(file: TensorFile, name = 'the checkpoint'): TrainingCheckpoint {
  const meta: Fields = isFields(file.meta) ? file.meta : {};
  if (!isFields(meta.state_dict) || typeof meta.epoch !== 'number') {
    throw new CheckpointError(
      `${name}: no training checkpoint — expected keys epoch and state_dict, found ${Object.keys(meta).slice(0, 6).join(', ') || 'none'}; open it as a checkpoint of weights`,
    );
  }
  const dict = new Map<string, TensorEntry>();
  for (const [full, entry] of file.entries) {
    if (full.startsWith('state_dict.')) dict.set(full.slice('state_dict.'.length), entry);
  }
  return {
    epoch: meta.epoch,
    model: String(meta.model ?? 'sam'),
    stateDict: dict,
    optimizer: optimizerOf(file, meta.optimizer),
    bestTol: Number(meta.best_tol ?? 0),
    pathHelper: isFields(meta.path_helper) ? meta.path_helper : {},
  };
}

/** Plain values as torch would hold them; `floats` are keys whose whole numbers stay floats. */
function plain(value: unknown, key = ''): TorchValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    const items = value.map((v) => plain(v, key));
    return key === 'betas' ? { kind: 'tuple', items } : items;
  }
  if (typeof value === 'number') return floats.has(key) ? pyFloat(value) : value;
  if (typeof value === 'boolean' || typeof value === 'string' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return value;
  if (isFields(value)) return new Map(Object.entries(value).map(([k, v]) => [k, plain(v, k)] as const));
  throw new CheckpointError(`writing a training checkpoint: ${key || 'a value'} is no plain value`);
}

const floats = new Set(['lr', 'eps', 'betas', 'momentum', 'dampening']);

function optimizerValue(optimizer: OptimizerState): TorchValue {
  const state = Array.from(optimizer.state, ([place, slots]) => [place, new Map(Object.entries(slots))] as const);
  return new Map<string, TorchValue>([
    ['state', new Map(state)],
    ['param_groups', plain(optimizer.paramGroups)],
  ]);
}

/** The bytes of such a file, in pieces. */
export function trainingCheckpointParts(c: TrainingCheckpoint): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  return torchParts(
    new Map<string, TorchValue>([
      ['epoch', c.epoch],
      ['model', c.model],
      ['state_dict', stateDict(c.stateDict)],
      ['optimizer', c.optimizer ? optimizerValue(c.optimizer) : new Map()],
      ['best_tol', pyFloat(c.bestTol)],
      ['path_helper', plain(c.pathHelper)],
    ]),
  );
}

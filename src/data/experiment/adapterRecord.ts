// What is written of a trained adapter: its tensors, and what its configuration and card say.
import type { Params } from '../../nn/params';
import { type ExperimentConfig, optionsOf } from '../../train/experiment/config';
import type { TrainConfig } from '../../train/trainConfig';
import type { Trainer } from '../../train/trainer';
import type { AdapterInfo } from '../adapterFile';
import type { TensorToWrite } from '../safetensors';

/** The trained parameters as tensors of a file. */
export async function adapterTensors(params: Params, trainer: Pick<Trainer, 'readTrained'>): Promise<TensorToWrite[]> {
  const values = await trainer.readTrained();
  return [...values].map(([name, data]) => ({
    ...{ name, dtype: 'F32', shape: params.get(name).shape, data: data as Float32Array<ArrayBuffer> },
  }));
}

/** Where an adapter comes from. */
export interface AdapterOrigin {
  readonly base: AdapterInfo['base'];
  readonly config: ExperimentConfig;
  readonly train: TrainConfig;
  readonly data: { readonly name: string; readonly hash: string };
  readonly params: Params;
  /** Steps done. */
  readonly step: number;
  readonly scores: NonNullable<AdapterInfo['scores']>;
}

/** What the adapter's file and card say about it. */
export function adapterInfoOf({ base, config, train, data, params, step, scores }: AdapterOrigin): AdapterInfo {
  const { trained, total } = params.counts();
  const { batch, loss, lr, schedule, warmup, weightDecay } = train;
  const { prompt, seed } = config;
  const made = { prompt, loss, steps: step, batch, lr, schedule, warmup, weightDecay, seed };
  return {
    base,
    adapters: config.adapters.map((a) => ({ name: a.name, config: optionsOf(a), pattern: a.pattern })),
    parameters: { trained, total },
    training: { data: data.name, sha256: data.hash, ...made },
    scores,
  };
}

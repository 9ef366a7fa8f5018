import { type Adapter, type Attachment, attach } from '../../adapters/adapter';
import { adapterKind } from '../../adapters/all';
import type { SamConfig } from '../../models/sam/config';
import { buildSam, type Sam } from '../../models/sam/sam';
import { makeParams } from '../../nn/params';
import { loadParams, type TensorSource } from '../../nn/paramsIo';
import { chooseTrainable } from '../../nn/trainable';
import { type ExperimentConfig, optionsOf } from '../../train/experiment/config';
import { asRelease } from '../releaseBase';

/** A base before anything is built: what it is, and where its weights come from. */
export interface BaseWeights {
  readonly config: SamConfig;
  readonly source: TensorSource;
}

/** A base with the adapters of an experiment, before anything is on a GPU. */
export interface ExperimentModel {
  readonly sam: Sam;
  readonly adapters: readonly Adapter[];
  readonly attachments: readonly Attachment[];
  /** The untrained model computes what the base does. */
  readonly isBase: boolean;
}

/**
 * Builds the model that `config` describes on `base`: adapters attached in order, trainable parameters chosen, the base's weights as the
 * source of later uploads. Throws with near names where a pattern matches nothing.
 */
export function buildModel(
  config: Pick<ExperimentConfig, 'adapters' | 'trainable' | 'seed'>,
  base: BaseWeights,
): ExperimentModel {
  const params = makeParams(config.seed);
  const release = config.adapters.some((a) => a.release === true);
  const built = release ? asRelease(base.config, base.source, config.adapters) : base;
  const sam = buildSam({ params }, built.config);
  loadParams(params, built.source);
  chooseTrainable(params, config.trainable);
  const adapters = config.adapters.map((choice) => adapterKind(choice.name)(optionsOf(choice)));
  const train = config.trainable === 'adapters' ? {} : { train: config.trainable };
  const attachments = adapters.map((adapter, i) => attach(sam, adapter, config.adapters[i].pattern, train));
  return { sam, adapters, attachments, isBase: !release && adapters.every((a) => a.identityAtInit) };
}

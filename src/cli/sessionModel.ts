import type { Attachment } from '../adapters/adapter';
import { classData, classNames } from '../data/experiment/classItems';
import type { ExperimentData } from '../data/experiment/experimentData';
import { buildModel } from '../data/experiment/experimentModel';
import type { Sam } from '../models/sam/sam';
import type { Segmenter, SegmenterConfig } from '../models/segmenter';
import { buildUNet, UNET_LEVELS, UNET_WIDTH } from '../models/unet/unet';
import { makeParams } from '../nn/params';
import type { ExperimentConfig } from '../train/experiment/config';
import { ConfigError } from '../train/experiment/configError';
import type { Lab } from './lab';

/** What a run works on, before anything is on a GPU. */
export interface SessionModel {
  /** What it starts from. */
  readonly base: { readonly config: SegmenterConfig; readonly path: string; readonly fingerprint: string };
  readonly data: ExperimentData;
  readonly sam: Segmenter;
  readonly attachments: readonly Attachment[];
  /** The untrained model computes what the base does. */
  readonly isBase: boolean;
  /** The base without adapters, to be measured. */
  readonly bare: () => Segmenter;
}

/** `unet-SIDE` as a base: a plain U-Net that starts from random values, with an input of SIDE × SIDE pixels. */
const UNET = /^unet-(\d{1,4})$/;

/** Loads base and data and builds the model that `config` describes. Throws in words what goes wrong. */
export async function sessionModel(config: ExperimentConfig, lab: Lab): Promise<SessionModel> {
  const side = UNET.exec(config.base)?.[1];
  return side === undefined ? samModel(config, lab) : unetModel(config, Number(side), lab);
}

async function samModel(config: ExperimentConfig, lab: Lab): Promise<SessionModel> {
  const base = await lab.base(config.base);
  const data = await lab.data(config.data, base.config.imageEncoder.imgSize);
  const { sam, attachments, isBase } = buildModel(config, base);
  const bare = (): Sam => buildModel({ adapters: [], trainable: 'none', seed: config.seed }, base).sam;
  return { base, data, sam, attachments, isBase, bare };
}

async function unetModel(config: ExperimentConfig, side: number, lab: Lab): Promise<SessionModel> {
  const { adapters, trainable, seed } = config;
  const least = 2 ** UNET_LEVELS;
  if (side < least || side % least)
    throw new ConfigError(`base: unet-${side}: the side must be a multiple of ${least}`);
  if (adapters.length || trainable !== 'all')
    throw new ConfigError('base: a U-Net starts from nothing, so all of it trains; give adapters=[] and trainable=all');
  const data = classData(await lab.data(config.data, side));
  const classes = classNames(data).length;
  const build = () => buildUNet({ params: makeParams(seed) }, { side, classes });
  const sam = build();
  const fingerprint = `${sam.config.name} width ${UNET_WIDTH} classes ${classes}`;
  return { base: { config: sam.config, path: '', fingerprint }, data, sam, attachments: [], isBase: true, bare: build };
}

import { type Attachment, attach } from '../adapters/adapter';
import { medsa } from '../adapters/medsa';
import { CheckpointError } from '../data/errors';
import { evaluationItems, promptTokens } from '../data/trainItems';
import type { Gpu } from '../gpu/device';
import { buildSam, type Sam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { loadParams } from '../nn/paramsIo';
import type { PlanOptions } from '../plan/plan';
import type { Evaluated } from '../train/evaluator';
import { TRAIN_DEFAULTS, type TrainConfig } from '../train/trainConfig';
import type { Trainer } from '../train/trainer';
import type { TrainItem } from '../train/trainItem';
import { type AdaptData, dataHash, folderData, phantomData } from './adaptData';
import type { AdaptOptions } from './adaptOptions';
import { type BaseFile, openBase } from './baseFile';
import { diskFolder } from './files';
import { type BarStream, type Progress, progressBar } from './progress';
import { openRunFolder, type RunFolder, runPath } from './runFolder';

/** What a run needs of its surroundings. */
export interface Host {
  readonly open: () => Promise<Gpu>;
  /** Logs and progress. */
  readonly log: BarStream;
  /** True once the person asked to stop. */
  readonly stopped: () => boolean;
  readonly plan?: PlanOptions;
}

/** The evaluation with the highest mean Dice so far. */
export interface Best {
  readonly step: number;
  readonly dice: number;
}

/** Seconds spent. */
export interface Seconds {
  data: number;
  compile: number;
  before: number;
  training: number;
  evaluation: number;
  total: number;
}

/** Everything about one run. */
export interface Session {
  readonly o: AdaptOptions;
  readonly host: Host;
  readonly base: BaseFile;
  readonly data: AdaptData;
  /** SHA-256 of the data as the model sees them. */
  readonly hash: string;
  readonly sam: Sam;
  readonly attachment: Attachment;
  readonly config: TrainConfig;
  readonly folder: RunFolder;
  /** Validation items with their fixed prompts. */
  readonly items: readonly TrainItem[];
  readonly seconds: Seconds;
  before: Evaluated[];
  after: { readonly step: number; readonly results: Evaluated[] } | null;
  best: Best | null;
  gpu: Gpu | null;
  trainer: Trainer | null;
}

/** Adapters by name, with the modules they are attached to. Each is the identity at first, so the untrained model is the base. */
const ADAPTERS = { medsa: { make: medsa, pattern: 'image_encoder.blocks.*' } } as const;

/** Loads base and data, builds the model and opens the run folder; no GPU yet, so most of what can be wrong is found at once. */
export async function prepareSession(o: AdaptOptions, host: Host): Promise<Session> {
  const base = await openBase(o.base);
  const data = await loadData(o, base.config.imageEncoder.imgSize, host);
  const params = makeParams(o.seed);
  const sam = buildSam({ params }, base.config);
  loadParams(params, base.source);
  const { make, pattern } = ADAPTERS[o.adapter];
  const attachment = attach(sam, make(), pattern);
  const { batch, loss, lr, steps, seed } = o;
  const config: TrainConfig = { ...TRAIN_DEFAULTS, batch, loss, lr, steps, seed, points: promptTokens(o.prompt) };
  const folder = await openRunFolder(runPath(o.out, `${data.name}-${o.adapter}-${o.seed}`, o.resume), o.resume);
  const items = evaluationItems(data.val, o.prompt);
  const seconds = { data: 0, compile: 0, before: 0, training: 0, evaluation: 0, total: 0 };
  const made = { o, host, base, data, hash: dataHash(data), sam, attachment, config, folder, items, seconds };
  const s: Session = { ...made, before: [], after: null, best: null, gpu: null, trainer: null };
  takeUp(s);
  return s;
}

async function loadData(o: AdaptOptions, side: number, host: Host): Promise<AdaptData> {
  if (o.data === null) return phantomData(side, o.seed);
  let bar: Progress | null = null;
  return folderData(await diskFolder(o.data), side, o, (done, total) => {
    bar ??= progressBar('reading images', total, host.log);
    bar.show(done);
    if (done === total) bar.end();
  });
}

/** What must be the same for a run to be the same run. */
export function sessionIdentity(s: Session): Record<string, unknown> {
  const { steps, ...config } = s.config;
  const { adapter, config: options, pattern } = s.attachment;
  return {
    base: s.base.fingerprint,
    data: s.hash,
    prompt: s.o.prompt,
    adapter: { adapter, options, pattern },
    ...config,
    // The length of the run is part of it only where the schedule depends on it.
    ...(config.schedule === 'constant' ? {} : { steps }),
  };
}

/** Takes over from the saved run. `CheckpointError` names what differs from it. */
function takeUp(s: Session): void {
  const { saved } = s.folder;
  if (!saved) return;
  const extra = saved.extra as { identity?: Record<string, unknown>; best?: Best | null };
  const mine = sessionIdentity(s);
  // Options that came after the run was begun had their defaults then.
  const identity: Record<string, unknown> = { ...TRAIN_DEFAULTS, ...extra.identity };
  const differ = Object.keys(mine).filter((k) => JSON.stringify(mine[k]) !== JSON.stringify(identity[k]));
  if (differ.length) {
    const list = differ.map((k) => `${k} was ${JSON.stringify(identity[k])}, now ${JSON.stringify(mine[k])}`);
    throw new CheckpointError(
      `--resume: the run in ${s.folder.path} is another one: ${list.join('; ')}; give the same flags, or begin a new run`,
    );
  }
  s.best = extra.best ?? null;
}

/** Writes a line to the log. */
export const say = (s: Session, text: string): void => void s.host.log.write(`${text}\n`);

import { openBaseFile } from '../../data/baseOpen';
import { CheckpointError, wordsOf } from '../../data/errors';
import { matchKeys, tensorSource } from '../../data/keyMap';
import { openSafetensors } from '../../data/safetensors';
import type { TensorFile } from '../../data/tensorFile';
import type { Caps } from '../../gpu/device';
import { SAM_ROWS, type SamConfig, type SamName, samConfig } from '../../models/sam/config';
import { buildSam, type Sam } from '../../models/sam/sam';
import { makeParams, type Params } from '../../nn/params';
import { loadParams, type TensorSource } from '../../nn/paramsIo';
import { targetOf } from '../../plan/target';
import type { BaseInfo } from '../protocol';

/** The weights that came with this build, by file name. None: the base gets random numbers, and says so. */
const files = import.meta.glob('/weights/sam-*.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
}) as Record<string, string>;

/** Names of the bases that came with this build. */
export const BASE_NAMES: readonly SamName[] = (Object.keys(SAM_ROWS) as SamName[]).filter((name) =>
  Object.keys(files).some((path) => path.endsWith(`/${name}.safetensors`)),
);

/** The base model before a device is known: configuration and where its weights come from. */
export interface Base {
  readonly config: SamConfig;
  /** The weights' file; initial values where there is none. */
  readonly source: TensorSource;
  /** SHA-256 of the weights' file; null when there is none. */
  readonly fingerprint: string | null;
  readonly info: BaseInfo;
}

/** A model whose parameters have been declared and given their source, but not uploaded. */
export interface Built {
  readonly sam: Sam;
  readonly params: Params;
}

/**
 * The base that the page begins with. sam-micro is the better one, with its 2.7 M parameters and images of 256 pixels (weights/sam-micro.md
 * measures both), but a processor would keep a visitor waiting for it.
 */
export const defaultBase = (caps: Caps): SamName => (targetOf(caps).software ? 'sam-nano' : 'sam-micro');

/** Fetches and checks the weights of `name`. `CheckpointError` when they are damaged, missing or belong to another model. */
export async function loadBase(name: SamName): Promise<Base> {
  const path = Object.keys(files).find((p) => p.endsWith(`/${name}.safetensors`));
  if (!path) return untrainedBase(samConfig(name));
  const blob = await fetchBlob(files[path], `${name}.safetensors`);
  const file = await openSafetensors(blob, `${name}.safetensors`);
  const config = configOf(name, file);
  const wanted = new Map(
    buildOn(config)
      .params.all()
      .map((p) => [p.name, p.shape]),
  );
  const { entries } = matchKeys(wanted, file, { name: `${name}.safetensors` });
  return baseOf(config, tensorSource(entries), await sha256(blob));
}

/** A base from a file of one's own, for as long as the page is open. `CheckpointError` where it is none. */
export async function baseFromFile(file: File): Promise<Base> {
  const { config, source } = await openBaseFile(file, file.name);
  return baseOf(config, source, await sha256(file));
}

/** Builds the model of `base`; adapters may still be attached. */
export function buildBase(base: Base): Built {
  const built = buildOn(base.config);
  loadParams(built.params, base.source, { only: (p) => p.adapter === null });
  return built;
}

function buildOn(config: SamConfig): Built {
  const params = makeParams(1);
  return { params, sam: buildSam({ params }, config) };
}

/** A base whose weights are those that it is initialised with. */
export const untrainedBase = (config: SamConfig): Base => baseOf(config, null, null);

function baseOf(config: SamConfig, given: TensorSource | null, fingerprint: string | null): Base {
  const { imgSize, patchSize } = config.imageEncoder;
  const { params } = buildOn(config);
  const parameters = params.counts().base;
  const source = given ?? initialValues(params);
  return {
    config,
    source,
    fingerprint,
    info: { name: config.name, imgSize, patchSize, parameters, trained: given !== null },
  };
}

/** A source that gives the values that parameters begin with. */
function initialValues(params: Params): TensorSource {
  return {
    names: () => params.all().map((p) => p.name),
    has: (name) => params.has(name),
    shape: (name) => params.get(name).shape,
    read: (name) => params.values(name),
  };
}

/** Image and patch size are written beside the weights. */
function configOf(name: SamName, file: TensorFile): SamConfig {
  const meta = file.meta as Readonly<Record<string, string | undefined>>;
  const size = (key: 'imgSize' | 'patchSize') => {
    const n = Number(meta[key] ?? SAM_ROWS[name][key]);
    if (Number.isInteger(n) && n >= 1 && n <= 4096) return n;
    throw new CheckpointError(`${name}: its file states ${key} ${meta[key]} — the file is damaged; reload the page`);
  };
  return samConfig(name, { imgSize: size('imgSize'), patchSize: size('patchSize') });
}

/** As hexadecimal digits, like the command line's. */
async function sha256(blob: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
  return Array.from(digest, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function fetchBlob(url: string, name: string): Promise<Blob> {
  let reply: Response;
  try {
    reply = await fetch(url);
  } catch (error) {
    throw new CheckpointError(`${name} could not be fetched (${wordsOf(error)}) — check the connection and reload`, {
      cause: error,
    });
  }
  if (!reply.ok) {
    throw new CheckpointError(`${name} could not be fetched (the server says ${reply.status}) — reload the page`);
  }
  return reply.blob();
}

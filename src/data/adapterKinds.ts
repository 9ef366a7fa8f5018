// From the tensors of adapters to what must be attached to hold them: kinds, options and patterns, as far as names and
// shapes tell. What they cannot tell (an activation, a factor) is assumed, and a note says so.
import { LORA_RELEASE } from '../adapters/lora';
import { MEDSA_RELEASE } from '../adapters/medsa';
import type { AdapterInfo } from './adapterFile';
import type { AdapterGroup } from './adapterFind';
import type { TensorEntry } from './tensorFile';

type Row = AdapterInfo['adapters'][number];

/** What to attach, and what had to be assumed. */
export interface AdapterKinds {
  readonly rows: readonly Row[];
  /** Names of adapters of a kind, or at a place, that is not known here. */
  readonly unknown: readonly string[];
  readonly notes: readonly string[];
}

const blocks = 'image_encoder.blocks.*';
const twoWay = 'mask_decoder.transformer.layers.*';

/** Med-SA's encoder adapters: `release` as the published code, else as the paper (SD-Trans where there is a depth adapter). */
function encoderRow(groups: readonly AdapterGroup[], release: boolean, notes: string[]): Row | null {
  const own = groups.filter((g) => g.place === blocks && /^(Space|MLP|Depth)_Adapter$/.test(g.kind));
  if (!own.length) return null;
  const has = (kind: string) => own.some((g) => g.kind === `${kind}_Adapter`);
  const learnScale = own.some((g) => g.names.some((n) => n.endsWith('MLP_Adapter.s')));
  const parts = { r: own[0].width, space: has('Space'), mlp: has('MLP'), learnScale };
  if (release) {
    notes.push(
      'the depth adapters of the published code are used on volumes only: attach sdTrans with release for those',
    );
    return { name: 'medsa', config: { ...MEDSA_RELEASE, ...parts }, pattern: blocks };
  }
  notes.push(
    "the file does not say the encoder adapters' activation and factor: ReLU and 0.5, the paper's, are assumed",
  );
  return { name: has('Depth') ? 'sdTrans' : 'medsa', config: parts, pattern: blocks };
}

/** Which arm the tensors of HyP_Adapter are of. */
function armOf(names: readonly string[]): string {
  const has = (part: string) => names.some((n) => n.includes(`.HyP_Adapter.${part}.`));
  if (has('gen')) return 'hyper';
  if (has('fuse')) return 'concat';
  return has('prompt') ? 'add' : 'none';
}

function decoderRow(
  groups: readonly AdapterGroup[],
  entries: ReadonlyMap<string, TensorEntry>,
  notes: string[],
): Row | null {
  const own = groups.filter((g) => g.place === twoWay);
  const of = (kind: string) => own.find((g) => g.kind === `${kind}_Adapter`);
  const [hyp, mlp, image] = [of('HyP'), of('MLP'), of('Image')];
  const widest = mlp ?? image ?? hyp;
  if (!widest) return null;
  const names = hyp?.names ?? [];
  const first = (part: string) => entries.get(names.find((n) => n.includes(part)) ?? '')?.shape;
  const arm = armOf(names);
  const generated = new Set(names.map((n) => /\.gen\.(\d+)\./.exec(n)?.[1]).filter(Boolean)).size;
  notes.push(
    "the file does not say the decoder adapters' activation and factor: ReLU and 0.5, the paper's, are assumed",
  );
  if (arm === 'hyper')
    notes.push('weights per token (hyper-token) have the same tensors: weights per prompt are assumed');
  return {
    name: 'hypAdpt',
    config: {
      ...{ arm, r: widest.width, hyp: hyp !== undefined, mlp: mlp !== undefined, image: image !== undefined },
      learnScale: mlp?.names.some((n) => n.endsWith('MLP_Adapter.s')) ?? false,
      ...(hyp ? { rHyp: hyp.width } : {}),
      ...(arm === 'hyper' ? { lp: first('.reduce.weight')?.[0] ?? 64, k: generated } : {}),
    },
    pattern: twoWay,
  };
}

/** The place of a low-rank change as host and target: `image_encoder.blocks.*` and `lin1`, or `q,v`. */
function targetOf(g: AdapterGroup, entries: ReadonlyMap<string, TensorEntry>): { host: string; target: string } {
  const [, host = '', path = g.place] = /^(.*?\.\*)\.(.+)$/.exec(g.place) ?? [];
  const last = path.split('.').at(-1) ?? path;
  const a = entries.get(g.names.find((n) => n.includes('lora_A')) ?? '')?.shape[0] ?? g.width;
  if (last === 'qkv' && g.kind === 'LoRA' && a === 2 * g.width) return { host, target: 'q,v' };
  if (last === 'qkv' && g.kind === 'LoRA' && a === 3 * g.width) return { host, target: 'q,k,v' };
  return { host, target: host === blocks ? last : path };
}

/** LoRA and AdaLoRA: an attachment for each kind, host and rank. */
function lowRankRows(
  groups: readonly AdapterGroup[],
  entries: ReadonlyMap<string, TensorEntry>,
  alpha: number | null,
): Row[] {
  const found = new Map<string, { kind: string; host: string; rank: number; targets: string[] }>();
  for (const g of groups.filter(({ kind }) => kind === 'LoRA' || kind === 'AdaLoRA')) {
    const { host, target } = targetOf(g, entries);
    const key = `${g.kind} ${host} ${g.width}`;
    const row = found.get(key) ?? { kind: g.kind, host, rank: g.width, targets: [] };
    row.targets.push(target);
    found.set(key, row);
  }
  return Array.from(found.values(), ({ kind, host, rank, targets }): Row => {
    const common = { rank, alpha, targets: targets.join(',') };
    if (kind === 'LoRA') return { name: 'lora', config: common, pattern: host };
    return { name: 'adalora', config: { ...common, targetRank: null }, pattern: host };
  });
}

/** (IA)³, SSF and prompts of the blocks. */
function smallRows(groups: readonly AdapterGroup[]): Row[] {
  const names = (kind: string) => groups.filter((g) => g.kind === kind && inBlocks(g)).flatMap((g) => g.names);
  const [ia3, ssf] = [names('IA3'), names('SSF')];
  const vpt = groups.find((g) => g.kind === 'VPT' && inBlocks(g));
  const has = (list: readonly string[], part: string) => list.some((n) => n.includes(part));
  const ia3Config = { attention: has(ia3, 'ia3_k'), mlp: has(ia3, 'ia3_l') };
  const ssfConfig = { linear: ssf.some((n) => !n.includes('.norm')), norms: has(ssf, '.norm') };
  return [
    ...(ia3.length ? [{ name: 'ia3', config: ia3Config, pattern: blocks }] : []),
    ...(ssf.length ? [{ name: 'ssf', config: ssfConfig, pattern: blocks }] : []),
    ...(vpt ? [{ name: 'vpt', config: { prompts: vpt.width }, pattern: blocks }] : []),
  ];
}

const inBlocks = (g: AdapterGroup) => g.place === blocks || g.place.startsWith(`${blocks}.`);

/** Whether one of the rows above is for it. */
function isKnown(g: AdapterGroup): boolean {
  if (g.kind === 'LoRA' || g.kind === 'AdaLoRA') return true;
  if (/^(IA3|SSF|VPT)$/.test(g.kind)) return inBlocks(g);
  if (g.place === blocks) return /^(Space|MLP|Depth)_Adapter$/.test(g.kind);
  return g.place === twoWay && /^(HyP|MLP|Image)_Adapter$/.test(g.kind);
}

/** What the tensors of these groups belong to. `alpha` is LoRA's where a configuration states it. */
export function adapterKindsOf(
  groups: readonly AdapterGroup[],
  entries: ReadonlyMap<string, TensorEntry>,
  how: { readonly release: boolean; readonly alpha?: number | null },
): AdapterKinds {
  const notes: string[] = [];
  const alpha = how.alpha === undefined ? LORA_RELEASE.alpha : how.alpha;
  const low = lowRankRows(groups, entries, alpha);
  if (low.length && how.alpha === undefined)
    notes.push("the file does not say LoRA's alpha: 1, the published code's, is assumed");
  const rows = [
    encoderRow(groups, how.release, notes),
    decoderRow(groups, entries, notes),
    ...low,
    ...smallRows(groups),
  ];
  const unknown = groups.filter((g) => !isKnown(g)).flatMap((g) => g.names);
  return { rows: rows.filter((r) => r !== null), unknown, notes };
}

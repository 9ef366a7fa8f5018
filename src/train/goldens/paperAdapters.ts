import { type Adapter, attach } from '../../adapters/adapter';
import { hypAdpt } from '../../adapters/hypAdpt';
import { medsa } from '../../adapters/medsa';
import { ARMS, type Arm } from '../../adapters/promptedBottleneck';
import { sdTrans } from '../../adapters/sdTrans';
import type { Act } from '../../nn/activation';
import type { Module } from '../../nn/module';
import { act, flag } from './configs';
import type { Config, GoldenCase } from './goldenCase';

/**
 * The adapters of paper mode as a case has them: where they sit, how wide they are and whether s is learnt follow from
 * the names and shapes of its weights, block by block; what weights cannot tell (activation, s, arm) from its text.
 */

/** What the weights hold below a host, without the host's path. */
type Held = ReadonlyMap<string, readonly number[]>;

/**
 * Attaches all adapters that the case's weights hold to `model`. Returns the name that a parameter has in the case's
 * files: a learnt s is called otherwise there.
 */
export function attachPaperAdapters(c: GoldenCase, model: Module): (name: string) => string {
  const renamed = new Map<string, string>();
  for (const [host, held] of hostsOf(c)) {
    const scaleName = [...held.keys()].find((n) => !KNOWN.test(n));
    if (scaleName) renamed.set(`${host}.MLP_Adapter.s`, `${host}.${scaleName}`);
    const decoder = /(^|\.)layers\.\d+$/.test(host);
    const a = optionsFor(c, decoder ? 'decoder' : 'encoder');
    const shared = { act: act(a.act, 'relu'), scale: typeof a.s === 'number' ? a.s : 0.5, learnScale: !!scaleName };
    attach(model, decoder ? hypAdpt({ ...shared, ...decoderOptions(a, held) }) : encoderAdapter(a, held, shared), host);
  }
  return (name) => renamed.get(name) ?? name;
}

/** Options that adapters of the encoder and of the decoder have in common. */
interface Shared {
  readonly act: Act;
  readonly scale: number;
  readonly learnScale: boolean;
}

/** The config of one place; cases with one place state it without the place's name. */
function optionsFor(c: GoldenCase, place: 'encoder' | 'decoder'): Config {
  const all: Config = c.info.adapters ?? {};
  return (all[place] as Config | undefined) ?? all;
}

/** Everything below a block but a learnt s. */
const KNOWN =
  /^((self_|cross_)?attn\w*|mlp|norm\d|(Space|Depth|MLP|Image)_Adapter\.D_fc\d|HyP_Adapter\.(D_fc\d|reduce|gen|norm|prompt|fuse))\./;

/** Blocks with adapters, by path. */
function hostsOf(c: GoldenCase): Map<string, Held> {
  const names = [...(c.weights?.entries ?? [])];
  const hosts = new Set(names.flatMap(([n]) => /^(.*\.\d+)\.\w+_Adapter\./.exec(n)?.[1] ?? []));
  const below = (host: string) =>
    names.flatMap(([n, t]) => (n.startsWith(`${host}.`) ? [[n.slice(host.length + 1), t.shape] as const] : []));
  return new Map([...hosts].map((host) => [host, new Map(below(host))]));
}

const down = (held: Held, adapter: string) => held.get(`${adapter}_Adapter.D_fc1.weight`);

/** SD-Trans where the weights have a depth adapter, else Med-SA's two. */
function encoderAdapter(a: Config, held: Held, shared: Shared): Adapter {
  const [space, depth, mlp] = ['Space', 'Depth', 'MLP'].map((n) => down(held, n));
  const options = { ...shared, r: (space ?? depth ?? mlp)?.[0], space: !!space, mlp: !!mlp };
  return depth ? sdTrans({ ...options, depthSkip: flag(a, 'depth_skip', false) }) : medsa(options);
}

function decoderOptions(a: Config, held: Held) {
  const [hyp, mlp, image] = ['HyP', 'MLP', 'Image'].map((n) => down(held, n));
  return {
    ...(hyp ? hypOptions(a, held, 'HyP_Adapter.') : {}),
    rHyp: hyp?.[0],
    r: (mlp ?? image ?? hyp)?.[0],
    hyp: !!hyp,
    mlp: !!mlp,
    image: !!image,
  };
}

/** Arm, L_p and K of the prompted bottleneck whose keys begin with `prefix`. */
export function hypOptions(a: Config, held: Held, prefix: string): { arm: Arm; lp?: number; k?: number } {
  const has = (name: string) => held.get(`${prefix}${name}.weight`);
  const reduce = has('reduce');
  const seen: Arm = reduce ? 'hyper' : has('fuse') ? 'concat' : has('prompt') ? 'add' : 'none';
  const arm = a.arm === undefined ? seen : ARMS.find((x) => x === String(a.arm).replace('_', '-'));
  if (!arm) throw new Error(`goldens: the arm '${a.arm}' is not known; there are ${ARMS.join(', ')}`);
  let k = 0;
  while (has(`gen.${k}`)) k++;
  return { arm, ...(reduce ? { lp: reduce[0], k } : {}) };
}

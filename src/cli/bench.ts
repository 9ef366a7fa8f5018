import { SAM_ROWS, type SamName } from '../models/sam/config';
import { PRECISIONS } from '../train/trainConfig';
import { benchPeers } from './benchPeers';
import { ENGINES } from './benchProtocol';
import { AFFORDABLE } from './benchRounds';
import { benchScaling, SWEEP_IDS } from './benchScaling';
import { WORKLOADS, type Workload } from './benchWorkloads';
import { command } from './command';
import { UsageError } from './flags';
import { openRecalled } from './tunedHost';

const HELP = `bench: our engine beside jax-js, TensorFlow.js and ONNX Runtime Web, in headless Chrome, interleaved rounds
  --engines a,b       of ${ENGINES.join(', ')} (default all)
  --only a,b          workloads by regular expressions: ${WORKLOADS.map((w) => w.id).join(', ')}
  --rounds N          timed runs per engine and workload; the best counts (default: two of what is slow, up to twelve within 15 s)
  --no-cold           leave cold starts out
  --cold              cold starts alone, cut into phases
  --real              the machine's GPU (without it SwiftShader, so that runs on any machine can be compared)
  --format F          text (default) or md; --json: everything as JSON
  --out FILE          writes the table (md, or JSON with --json) to FILE as well
  --record            keeps the table in test/bench/RESULTS.md, before the older ones, row by row, and the bar in README.md
  --resume FILE       keeps the result in FILE after every row; the same command goes on where it was stopped
Instead of the peers:
  --matmul            every variant of the matrix product × shapes of the models in Dawn, checked against the plain one;
                      --variants all: interleaved, TFLOP/s on squares of --sizes N,… (1024,2048,4096) in f32 and 16 bits
  --attention         every form and variant of attention × shapes in Dawn (--tokens 196,1024: maps of so many tokens;
                      --large: the layers of SAM ViT-B without a GPU, too)
  --bandwidth         GB/s of kernels that only read and write beside a copy, in Dawn, each checked against float64
  --vit               our engine alone in Dawn on the ViT (--tokens 196,1024)
  --profile WORKLOAD  where the time of one of the workloads goes in Dawn: µs by kind of kernel beside their rooflines
  --scaling           cost against tokens, batch, adapter width and slices, with the fitted exponents (ours in Dawn; --engines
                      adds peers, in Chrome; --record: tables and plots in test/bench)
                      --sweeps a,b of ${SWEEP_IDS.join(', ')}; --plot DIR: log-log, an SVG for each axis
  --memory            planned bytes of a Med-SA step of SAM ViT-B at 256², 512², 1024², with remat and 16-bit storage
  --decode            milliseconds from click to mask with a cached embedding, in Dawn (decoders of SAM ViT-B, sam-micro, sam-nano)
  --roofline          encoder pass and Med-SA step of SAM ViT-B at 1024² (without a GPU: of sam-nano) beside the sum of their kernels'
                      rooflines, measured here, and which kernels lose most (--sam NAME, --remat, --mixed; --tune: choices measured first)
  --sam NAME          one encoder pass of a SAM with random weights in Dawn (vit_b: minutes without a GPU);
                      --step: training steps of Med-SA instead (--steps N, --image SIDE; --remat, --mixed: computed again,
                      kept in 16 bits; --precision packed16: gradients, too); fails unless the device holds what was planned`;

const FLAGS = {
  engines: { kind: 'text' },
  only: { kind: 'text' },
  rounds: { kind: 'whole', min: 1, max: 1000 },
  'no-cold': { kind: 'switch' },
  cold: { kind: 'switch' },
  real: { kind: 'switch' },
  format: { kind: 'text', choices: ['text', 'md'] },
  out: { kind: 'text' },
  record: { kind: 'switch' },
  resume: { kind: 'text' },
  matmul: { kind: 'switch' },
  variants: { kind: 'text', choices: ['all'] },
  sizes: { kind: 'text' },
  attention: { kind: 'switch' },
  large: { kind: 'switch' },
  bandwidth: { kind: 'switch' },
  vit: { kind: 'switch' },
  scaling: { kind: 'switch' },
  sweeps: { kind: 'text' },
  plot: { kind: 'text' },
  memory: { kind: 'switch' },
  decode: { kind: 'switch' },
  roofline: { kind: 'switch' },
  tune: { kind: 'switch' },
  tokens: { kind: 'text' },
  profile: { kind: 'text', choices: WORKLOADS.map((w) => w.id) },
  sam: { kind: 'text', choices: Object.keys(SAM_ROWS) },
  step: { kind: 'switch' },
  steps: { kind: 'whole', min: 1, max: 1000 },
  image: { kind: 'whole', min: 32, max: 4096 },
  remat: { kind: 'switch' },
  mixed: { kind: 'switch' },
  precision: { kind: 'text', choices: PRECISIONS },
} as const;

/** `bench`: see HELP. */
export const run = command('bench', HELP, FLAGS, async (flags) => {
  const json = flags.json ?? false;
  const precision = (flags.precision ?? (flags.mixed ? 'mixed' : 'f32')) as (typeof PRECISIONS)[number];
  const how = { remat: flags.remat ? 'blocks' : 'none', precision } as const;
  if (flags.roofline) {
    const { benchRoofline } = await import('./benchRoofline');
    await benchRoofline({ ...how, sam: flags.sam as SamName | undefined, tune: flags.tune ?? false, json });
    return 0;
  }
  if (flags.profile) {
    const { benchProfile } = await import('./benchOwn');
    await benchProfile(WORKLOADS.find((w) => w.id === flags.profile)!, json);
    return 0;
  }
  if (flags.sam && flags.step) {
    const { benchStep } = await import('./benchStep');
    const { steps = 3, image } = flags;
    return (await benchStep(flags.sam as SamName, { ...how, steps, image })) ? 0 : 1;
  }
  if (flags.sam) {
    await (await import('./benchSam')).benchSam(flags.sam as SamName);
    return 0;
  }
  if (flags.matmul || flags.attention || flags.bandwidth || flags.vit || flags.memory || flags.decode) {
    const gpu = await openRecalled(process.stderr);
    if (flags.memory) {
      const { memoryRows, memoryText } = await import('./benchMemory');
      const rows = memoryRows(gpu.caps);
      console.log(json ? JSON.stringify(rows, null, 1) : memoryText(rows));
    }
    if (flags.decode) {
      const { decodeRows, decodeText } = await import('./benchDecode');
      const rows = await decodeRows(gpu, ['vit_b', 'sam-micro', 'sam-nano']);
      console.log(json ? JSON.stringify(rows, null, 1) : decodeText(rows));
    }
    if (flags.matmul && flags.variants) {
      const sizes = wholes('sizes', flags.sizes ?? '1024,2048,4096');
      await (await import('./benchVariants')).benchVariants(gpu, sizes, flags.rounds ?? 5, json);
    } else if (flags.matmul) await (await import('./benchMatmul')).benchMatmul(gpu, json);
    if (flags.attention) {
      const tokens = flags.tokens === undefined ? undefined : wholes('tokens', flags.tokens);
      await (await import('./benchAttention')).benchAttention(gpu, { large: flags.large, tokens }, console.log);
    }
    if (flags.bandwidth) {
      const rows = await (await import('./benchBandwidth')).benchBandwidth(gpu, json ? () => {} : console.log);
      if (json) console.log(JSON.stringify(rows, null, 1));
    }
    const tokens = wholes('tokens', flags.tokens ?? '196');
    if (flags.vit) await (await import('./benchDawn')).benchDawn(gpu, tokens, json);
    gpu.destroy();
    return 0;
  }
  const named = listed('engines', flags.engines ?? (flags.scaling ? 'ours' : undefined), ENGINES);
  const common = {
    engines: ENGINES.filter((e) => e === 'ours' || named.includes(e)),
    rounds: flags.rounds ?? AFFORDABLE,
    real: flags.real ?? false,
    format: json ? 'json' : ((flags.format ?? 'text') as 'text' | 'md'),
    out: flags.out,
  } as const;
  if (flags.scaling) {
    const sweeps = listed('sweeps', flags.sweeps, SWEEP_IDS);
    const { rounds, plot, record } = flags;
    await benchScaling({ ...common, rounds, sweeps, plot, record });
    return 0;
  }
  await benchPeers({
    ...common,
    workloads: flags.cold ? [] : flags.only === undefined ? WORKLOADS : matching('only', flags.only),
    cold: flags.cold || !flags['no-cold'],
    record: flags.record,
    resume: flags.resume,
  });
  return 0;
});

/** Names of a comma list, all of them by default; UsageError for one that is not in `known`. */
function listed(flag: string, text: string | undefined, known: readonly string[]): readonly string[] {
  const names = text?.split(',').map((t) => t.trim()) ?? known;
  const wrong = names.find((n) => !known.includes(n));
  if (wrong !== undefined) throw new UsageError(`--${flag}: there is no '${wrong}'; there are ${known.join(', ')}`);
  return names;
}

/** Workloads whose name one of the comma list of regular expressions finds; UsageError where one finds none. */
function matching(flag: string, text: string): readonly Workload[] {
  const patterns = text.split(',').map((t) => pattern(flag, t.trim()));
  const idle = patterns.find((p) => !WORKLOADS.some((w) => p.test(w.id)));
  if (idle)
    throw new UsageError(
      `--${flag}: no workload is like ${idle.source}; there are ${WORKLOADS.map((w) => w.id).join(', ')}`,
    );
  return WORKLOADS.filter((w) => patterns.some((p) => p.test(w.id)));
}

function pattern(flag: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (e) {
    throw new UsageError(`--${flag} ${text}: ${e instanceof Error ? e.message : e}`);
  }
}

function wholes(flag: string, text: string): number[] {
  const out = text.split(',').map(Number);
  if (out.some((n) => !Number.isSafeInteger(n) || n < 1))
    throw new UsageError(`--${flag} must be whole numbers of at least 1 with commas, got '${text}'`);
  return out;
}

import { SAM_ROWS } from '../models/sam/config';
import { PRECISIONS } from '../train/trainConfig';
import { ENGINES } from './benchProtocol';
import { SWEEP_IDS } from './benchSweeps';
import { WORKLOADS, type Workload } from './benchWorkloads';
import type { CommandFlags } from './command';
import { UsageError } from './flags';

/** What --help prints. */
export const HELP = `bench: our engine beside jax-js, TensorFlow.js and ONNX Runtime Web, in headless Chrome, interleaved rounds
  --engines a,b       of ${ENGINES.join(', ')} (default all)
  --only a,b          workloads by regular expressions: ${WORKLOADS.map((w) => w.id).join(', ')}
  --rounds N          timed runs per engine and workload; the best counts (default: two of what is slow, up to twelve within 15 s)
  --no-cold           leave cold starts out
  --cold              cold starts alone, cut into phases
  --real              the machine's GPU (without it SwiftShader, so that runs on any machine can be compared); Dawn takes a GPU
                      where there is one, and with --real nothing else
  --format F          text (default) or md; --json: everything as JSON
  --out FILE          writes the table (md, or JSON with --json) to FILE as well
  --record            keeps the table in test/bench/RESULTS.md, before the older ones, row by row, and the bar in README.md;
                      with --scaling, --memory, --decode: their tables
  --resume FILE       keeps the result in FILE after every row; the same command goes on where it was stopped
Instead of the peers:
  --matmul            every variant of the matrix product × shapes of the models in Dawn, checked against the plain one;
                      --variants all: interleaved, TFLOP/s on squares of --sizes N,… (1024,2048,4096) in f32 and 16 bits,
                      or on --shapes nt4096x768x3072,… (layout, M×K×N)
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

/** All flags of the bench; which of them belong together is said in HELP. */
export const FLAGS = {
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
  shapes: { kind: 'text' },
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

/** What the bench was told. */
export type BenchFlags = CommandFlags<typeof FLAGS>;

/** Names of a comma list, all of them by default; UsageError for one that is not in `known`. */
export function listed(flag: string, text: string | undefined, known: readonly string[]): readonly string[] {
  const names = text?.split(',').map((t) => t.trim()) ?? known;
  const wrong = names.find((n) => !known.includes(n));
  if (wrong !== undefined) throw new UsageError(`--${flag}: there is no '${wrong}'; there are ${known.join(', ')}`);
  return names;
}

/** Workloads whose name one of the comma list of regular expressions finds; UsageError where one finds none. */
export function matching(flag: string, text: string): readonly Workload[] {
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

/** Whole numbers of a comma list. UsageError for others. */
export function wholes(flag: string, text: string): number[] {
  const out = text.split(',').map(Number);
  if (out.some((n) => !Number.isSafeInteger(n) || n < 1))
    throw new UsageError(`--${flag} must be whole numbers of at least 1 with commas, got '${text}'`);
  return out;
}

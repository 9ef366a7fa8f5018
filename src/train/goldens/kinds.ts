import type { Gpu } from '../../gpu/device';
import { type Check, compareAll, makeCheck, partOf } from './check';
import type { CaseInfo, Computed, GoldenCase } from './goldenCase';
import { runEfficientMedsa } from './kindEfficientMedsa';
import { runEfficientSam } from './kindEfficientSam';
import { runEncoder, runPaperEncoder } from './kindEncoder';
import { checkTorchFiles } from './kindFiles';
import { runFullStep } from './kindFullStep';
import { runHypAdpt } from './kindHypAdpt';
import { runLoraLayers, runMedsaLora } from './kindLora';
import { runMaskDecoder } from './kindMaskDecoder';
import { runMedsa } from './kindMedsa';
import { runMedsa3d } from './kindMedsa3d';
import { computeMetrics, isMetrics } from './kindMetrics';
import { runPaperDecoder } from './kindPaperDecoder';
import { runPromptEncoder } from './kindPromptEncoder';
import { computeReleaseMetrics, isReleaseMetrics } from './kindReleaseMetrics';
import { runSam } from './kindSam';
import { compareRounded, roundingOf } from './rounding16';
import { compareByRule, ruleOf } from './rule';
import { sensitiveElements } from './sensitive';
import { runTorchOps, type TorchOp } from './torchOps';

/** What a kind found out: comparisons, and parts of the case that it has no code for. */
export interface Findings {
  readonly checks: readonly Check[];
  readonly unknown: readonly string[];
  /** Values stored in 16 bits, where the kind looked. */
  readonly stored?: number;
}

/** A kind of case: recognised by what case.json says of class and options, never by the name of the case. */
export interface Kind {
  readonly name: string;
  matches(info: CaseInfo): boolean;
  run(gpu: Gpu, c: GoldenCase): Promise<Findings>;
}

/** All kinds that are known. */
export const KINDS: readonly Kind[] = [
  model('ImageEncoderViT', upstream(/^segment_anything(\.\w+)*\.ImageEncoderViT$/), runEncoder),
  model('PromptEncoder', upstream(/^segment_anything(\.\w+)*\.PromptEncoder$/), runPromptEncoder),
  model('MaskDecoder', upstream(/^segment_anything(\.\w+)*\.MaskDecoder( \+ TwoWayTransformer)?$/), runMaskDecoder),
  model('Sam', upstream(/^segment_anything Sam( \+ SamPredictor)?( \+ ResizeLongestSide)?$/), runSam),
  model('EfficientSam', upstream(/^efficient_sam\.EfficientSam$/), runEfficientSam),
  model('Med-SA EfficientSAM', isEfficientMedsa, runEfficientMedsa),
  model('Med-SA 3-D', isMedsa3d, runMedsa3d),
  model('Med-SA 2-D', isMedsa2d('sam_adpt'), (gpu, c) => runMedsa(gpu, c)),
  model('Med-SA LoRA', isMedsa2d('sam_lora'), runMedsaLora),
  model('LoRA layers', upstream(/^models\.common\.loralib Linear \/ MergedLinear \/ SVDLinear$/), runLoraLayers),
  model(
    'paper encoder',
    reference(/^ImageEncoderViT with the adapters of specification sections? 2( and 3)?\b/),
    runPaperEncoder,
  ),
  model('HyP-Adpt', reference(/^HyP-Adpt of specification section 4\b/), runHypAdpt),
  model(
    'paper decoder',
    reference(/^PromptEncoder \+ MaskDecoder with the adapters of specification/),
    runPaperDecoder,
  ),
  model('paper step', reference(/^whole model of specification sections/), runFullStep),
  model('torch files', upstream(/^torch\.save files/), async () => new Map()),
  byRule('release metrics', isReleaseMetrics, computeReleaseMetrics),
  byRule('metrics and clicks', isMetrics, computeMetrics),
  { name: 'torch ops', matches: (info) => Array.isArray(info.ops) && upstream(/^torch\.nn/)(info), run: runOps },
];

function upstream(pattern: RegExp): (info: CaseInfo) => boolean {
  return (info) => pattern.test(String(info.upstream_class ?? ''));
}

function isMedsa2d(variant: 'sam_adpt' | 'sam_lora'): (info: CaseInfo) => boolean {
  return (info) => {
    const { mod, thd, net } = info.args ?? {};
    const model2d = info.upstream_class === `models.sam Sam + ImageEncoderViT(${variant})`;
    return model2d && mod === variant && net === 'sam' && !thd;
  };
}

function isEfficientMedsa(info: CaseInfo): boolean {
  const { mod, thd, net } = info.args ?? {};
  const known = upstream(/^models\.efficient_sam EfficientSam \((sam_adpt|sam_adalora)\)$/)(info);
  return known && net === 'efficient_sam' && String(info.upstream_class).includes(`(${mod})`) && !thd;
}

function isMedsa3d(info: CaseInfo): boolean {
  const { mod, thd, net } = info.args ?? {};
  const model3d = upstream(/^models\.sam Sam \+ ImageEncoderViT\(AdapterBlock, thd=True\)$/)(info);
  return model3d && mod === 'sam_adpt' && net === 'sam' && thd === true;
}

function reference(pattern: RegExp): (info: CaseInfo) => boolean {
  return (info) => pattern.test(String(info.reference_class ?? ''));
}

/** A kind whose computed tensors are compared with all that the case expects, its torch files included. */
function model(
  name: string,
  matches: (info: CaseInfo) => boolean,
  compute: (gpu: Gpu, c: GoldenCase) => Promise<Computed>,
): Kind {
  return {
    name,
    matches,
    async run(gpu, c) {
      let stored = 0;
      const onStored = (n: number) => {
        stored = Math.max(stored, n);
      };
      const watched = { ...c, how: { ...c.how, onStored } };
      const computed = await compute(gpu, watched);
      const again = c.how.twice ? await compute(gpu, watched) : null;
      const stats = c.info.stats ?? {};
      const checks = stored
        ? compareRounded(c.expected, computed, stats, roundingOf(c.info, stored))
        : compareAll(c.expected, computed, stats, sensitiveElements(c.info));
      return { checks: [...checks, ...unequal(computed, again), ...(await checkTorchFiles(c))], unknown: [], stored };
    },
  };
}

/** A failed check for each result that is not the same in a second run. */
export function unequal(first: Computed, second: Computed | null): Check[] {
  const bits = (x: Float32Array | undefined) => x && new Uint32Array(x.buffer, x.byteOffset, x.length).join();
  const names = second ? [...first.keys()].filter((n) => bits(first.get(n)) !== bits(second.get(n))) : [];
  return names.map((n) => makeCheck(`${n} (of two runs)`, Number.POSITIVE_INFINITY, 0, partOf(n)));
}

/** A kind without a GPU whose case states one rule of tolerance for all. */
function byRule(name: string, matches: (info: CaseInfo) => boolean, compute: (c: GoldenCase) => Computed): Kind {
  const run = async (_gpu: Gpu, c: GoldenCase) => ({
    checks: compareByRule(c.expected, compute(c), ruleOf(c.info)),
    unknown: [],
  });
  return { name, matches, run };
}

async function runOps(gpu: Gpu, c: GoldenCase): Promise<Findings> {
  const lookup = (name: string) =>
    (name.startsWith('in.') ? c.inputs.get(name.slice(3)) : c.expected.get(name)) ?? null;
  const { checks, unknown } = await runTorchOps(
    gpu,
    c.info.ops as readonly TorchOp[],
    lookup,
    c.info.stats ?? {},
    c.how.plan,
  );
  return { checks, unknown: unknown.map((u) => `${u.id}: ${u.reason}`) };
}

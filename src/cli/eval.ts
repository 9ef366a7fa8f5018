import { resolveConfig } from '../train/experiment/config';
import { merge } from '../train/experiment/merge';
import type { Json } from '../train/experiment/overrides';
import { command } from './command';
import { evaluateModel } from './evaluateModel';
import type { Flag } from './flags';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { makeLab } from './lab';
import { compareRuns } from './report/comparison';
import { comparisonMarkdown } from './report/tableText';
import { writeReport } from './report/writeReport';
import { openTrained } from './trainedModel';
import { measureAfter, openRecalled } from './tunedHost';

const FLAGS = {
  adapter: { kind: 'text' },
  base: { kind: 'text' },
  data: { kind: 'text' },
  prompt: { kind: 'text' },
  all: { kind: 'switch' },
  clicks: { kind: 'whole', min: 0, max: 8 },
  set: { kind: 'list' },
  out: { kind: 'text' },
} as const satisfies Record<string, Flag>;

const HELP = `eval: measure a run or an adapter, beside its base, on labelled data

  npm run eval -- --adapter PATH [flags]

  --adapter PATH    run folder, adapter folder or adapter file; without it the bare base
  --base NAME|FILE  base (the one that the run or the adapter names)
  --data DIR        labelled images or volumes, phantoms or phantom-3d (those of the run, else phantoms;
                    also 'phantoms:ultrasound?level=0.8': kinds joined by +, level 0 easy to 1 hard)
  --prompt KIND     ${'point-1, point-N, neg-N, box, box-T, mask, several with +, none (those of the run)'}
  --all             measure every case (the validation cases of the run's split)
  --clicks N        also mean Dice after 1 … N correcting clicks, each where the largest error is
  --set PATH=VALUE  anything else: eval.tolerance=1, data.volume.window=lung, train.batch=1
  --out DIR         write summary.json, table.md, table.csv, report.html and overlays/ there
  --json            scores as JSON on stdout instead of tables
  --help            this text

Per class and case: Dice, IoU, HD95, NSD (mm in volumes, pixels of the model's input in images), 95 % bootstrap intervals
and a paired permutation test of the adapter against its base. Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped.`;

/** `npm run eval -- [flags]`: see HELP. */
export const run = command(
  'eval',
  HELP,
  FLAGS,
  async ({ adapter, base, data, prompt, all, clicks, set = [], out, json }) => {
    const model = await openTrained({ base, adapter });
    const sets = [
      ...(data === undefined ? [] : [`data.source=${data}`]),
      ...(prompt === undefined ? [] : [`eval.prompt=${prompt}`]),
      ...(all ? ['data.split.by=all'] : []),
      ...set,
    ];
    // What trained comes from the adapter's file.
    const config = resolveConfig(merge(model.config ?? {}, { adapters: [], trainable: 'none' } as Json), sets);
    const interrupt = onInterrupt();
    const lab = makeLab({ open: openRecalled, log: process.stderr, stopped: interrupt.asked });
    try {
      const evaluation = await evaluateModel(model, config, lab, out ?? null, clicks);
      if (!evaluation) return INTERRUPTED;
      const { runs, clicks: curves } = evaluation;
      const summaries = runs.map((r) => r.summary);
      const options = {
        title: `${model.name} on ${summaries[0].dataset}`,
        against: summaries[summaries.length - 1].arm,
      };
      const markdown = out
        ? (await writeReport(out, runs, options)).markdown
        : comparisonMarkdown(compareRuns(summaries, options), options.title);
      const lines = curves.map((c) => `${c.arm}: ${c.dice.map((d) => d.toFixed(3)).join(' → ')}`);
      const clicked = lines.length ? ['## Mean Dice after 0, 1, … correcting clicks', '', ...lines] : [];
      console.log(json ? JSON.stringify({ runs: summaries, clicks: curves }) : [markdown, ...clicked].join('\n'));
      await measureAfter(await lab.device(), process.stderr);
      return 0;
    } finally {
      lab.close();
      interrupt.forget();
    }
  },
);

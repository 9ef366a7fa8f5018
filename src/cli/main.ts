/** The command line: one command per file, found by name, loaded only when asked for. */
interface Command {
  /** Runs with the arguments after the command's name; resolves to the exit code. */
  run(argv: string[]): Promise<number>;
}

const COMMANDS: Record<string, { about: string; load: () => Promise<Command> }> = {
  adapt: { about: 'train an adapter on images with masks; before/after table', load: () => import('./adapt') },
  train: { about: 'run an experiment: any adapters, prompts, data; a run folder', load: () => import('./train') },
  eval: {
    about: 'a run or an adapter beside its base on labelled data: metrics, intervals, tests',
    load: () => import('./eval'),
  },
  predict: { about: 'masks of unlabelled images and volumes', load: () => import('./predict') },
  explain: { about: 'what a training step is made of; what HyP-Adpt generates', load: () => import('./explain') },
  lrfind: { about: 'which learning rates an experiment bears', load: () => import('./lrfind') },
  overfit: { about: 'can an experiment learn one batch by heart?', load: () => import('./overfit') },
  sweep: { about: 'a grid of experiments, resumable, and one table of comparison', load: () => import('./sweep') },
  report: {
    about: 'compare finished runs: tables, and a page with curves and pictures',
    load: () => import('./report'),
  },
  reproduce: { about: 'the claim of Med-SA on real images: RESULTS.md', load: () => import('./reproduce') },
  pretrain: { about: 'pretrain a base on procedural scenes', load: () => import('./pretrain') },
  inspect: { about: 'say what images, volumes and checkpoints are', load: () => import('./inspect') },
  convert: { about: 'between checkpoint layouts: convert IN OUT', load: () => import('./convert') },
  goldens: { about: 'compare with reference numbers: goldens [DIR]', load: () => import('./goldens') },
  tune: { about: 'measure which kernels are fastest on this device', load: () => import('./tune') },
  bench: { about: 'our engine beside jax-js, TensorFlow.js and ONNX Runtime Web', load: () => import('./bench') },
};

/** Entry point of `node src/cli/run.mjs COMMAND …`. Errors go to stderr in words; 2 means the command line was wrong. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  // Not in the list: what a pool of processes that draw scenes is started with.
  if (name === 'scene-worker') return (await import('./scenePool')).serveScenes();
  const command = COMMANDS[name ?? ''];
  if (!command) {
    const help = !name || ['help', '--help', '-h'].includes(name);
    const list = Object.entries(COMMANDS).map(([n, c]) => `  ${n.padEnd(10)} ${c.about}`);
    (help ? console.log : console.error)(
      [...(help ? [] : [`There is no command '${name}'.`]), 'medsa-lab: commands', ...list, 'Each takes --help.'].join(
        '\n',
      ),
    );
    return help ? 0 : 2;
  }
  try {
    const { run } = await command.load();
    return await run(rest);
  } catch (e) {
    console.error(process.env.DEBUG ? e : e instanceof Error ? e.message : String(e));
    return 1;
  }
}

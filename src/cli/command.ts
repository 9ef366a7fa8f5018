import { ConfigError } from '../train/experiment/configError';
import { type Flag, type FlagValues, parseFlags, UsageError } from './flags';

/** Flags that every command has. */
const COMMON = { json: { kind: 'switch' }, help: { kind: 'switch' } } as const satisfies Record<string, Flag>;

/** What a command is told: its own flags, and `json`. */
export type CommandFlags<F extends Readonly<Record<string, Flag>>> = FlagValues<F> & { readonly json?: boolean };

/**
 * A command that reads `flags`, prints `help` for --help and calls `body`, which gives the exit code. A wrong command line or config is
 * said in words on stderr and exits 2; other errors are the caller's.
 */
export function command<F extends Readonly<Record<string, Flag>>>(
  name: string,
  help: string,
  flags: F,
  body: (values: CommandFlags<F>) => Promise<number>,
): (argv: readonly string[]) => Promise<number> {
  return async (argv) => {
    if (argv.includes('--help') || argv.includes('-h')) {
      console.log(help);
      return 0;
    }
    try {
      const { help: _, ...values } = parseFlags(argv, { ...flags, ...COMMON });
      return await body(values as CommandFlags<F>);
    } catch (e) {
      if (!(e instanceof UsageError || e instanceof ConfigError)) throw e;
      console.error(`${name}: ${e.message}\nnpm run ${name} -- --help lists the flags`);
      return 2;
    }
  };
}

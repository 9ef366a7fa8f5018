import type { SamName } from '../models/sam/config';
import type { PRECISIONS } from '../train/trainConfig';
import { benchDevice } from './benchDevice';
import { type BenchFlags, FLAGS, HELP, listed, matching } from './benchFlags';
import { benchPeers } from './benchPeers';
import { ENGINES } from './benchProtocol';
import { AFFORDABLE } from './benchRounds';
import { benchScaling } from './benchScaling';
import { SWEEP_IDS } from './benchSweeps';
import { WORKLOADS } from './benchWorkloads';
import { command } from './command';

/** `bench`: see HELP. */
export const run = command('bench', HELP, FLAGS, async (flags) => {
  if (flags.roofline || flags.profile || flags.sam) return benchModel(flags);
  if (flags.matmul || flags.attention || flags.bandwidth || flags.vit || flags.memory || flags.decode) {
    await benchDevice(flags);
    return 0;
  }
  const named = listed('engines', flags.engines ?? (flags.scaling ? 'ours' : undefined), ENGINES);
  const common = {
    engines: ENGINES.filter((e) => e === 'ours' || named.includes(e)),
    real: flags.real ?? false,
    format: flags.json ? 'json' : ((flags.format ?? 'text') as 'text' | 'md'),
    out: flags.out,
    record: flags.record,
  } as const;
  if (flags.scaling) {
    const sweeps = listed('sweeps', flags.sweeps, SWEEP_IDS);
    await benchScaling({ ...common, rounds: flags.rounds, sweeps, plot: flags.plot });
    return 0;
  }
  await benchPeers({
    ...common,
    rounds: flags.rounds ?? AFFORDABLE,
    workloads: flags.cold ? [] : flags.only === undefined ? WORKLOADS : matching('only', flags.only),
    cold: flags.cold || !flags['no-cold'],
    resume: flags.resume,
  });
  return 0;
});

/** What one step or one model takes. */
async function benchModel(flags: BenchFlags): Promise<number> {
  const { json = false, real = false } = flags;
  const sam = flags.sam as SamName | undefined;
  const precision = (flags.precision ?? (flags.mixed ? 'mixed' : 'f32')) as (typeof PRECISIONS)[number];
  const how = { remat: flags.remat ? 'blocks' : 'none', precision } as const;
  if (flags.roofline) {
    const { benchRoofline } = await import('./benchRoofline');
    await benchRoofline({ ...how, sam, tune: flags.tune ?? false, json, real });
  } else if (flags.profile) {
    const { benchProfile } = await import('./benchOwn');
    await benchProfile(WORKLOADS.find((w) => w.id === flags.profile)!, json, real);
  } else if (flags.step) {
    const { benchStep } = await import('./benchStep');
    const { steps = 3, image } = flags;
    return (await benchStep(sam!, { ...how, steps, image })) ? 0 : 1;
  } else await (await import('./benchSam')).benchSam(sam!);
  return 0;
}

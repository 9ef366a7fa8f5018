/** What the engine can say about itself for a report of a problem: no names of files, nothing of any image. */
import { deviceName, type Gpu } from '../../gpu/device';
import { showBytes } from '../../gpu/errors';
import { targetOf } from '../../plan/target';
import { tunedOf } from '../../plan/tuned';
import type { EngineDiagnostics } from '../insideProtocol';
import type { Base } from './base';

/** Lines about device, base, kernels and memory; `run` in words. */
export function engineDiagnostics(
  gpu: Gpu | null,
  base: Base | null,
  more: { readonly cases: number; readonly run: string; readonly planned: string },
): EngineDiagnostics {
  const about: [string, string][] = [];
  if (gpu) about.push(...deviceLines(gpu));
  else about.push(['device', 'none is open']);
  if (base) {
    const { name, imgSize, patchSize, parameters, trained } = base.info;
    const weights = trained ? `weights ${base.fingerprint?.slice(0, 12)}` : 'no weights (random)';
    about.push(['base', `${name}, ${parameters} parameters, input ${imgSize}, patch ${patchSize}, ${weights}`]);
  }
  about.push(['run', more.run], ['training step, planned', more.planned], ['cases open', String(more.cases)]);
  return about;
}

function deviceLines(gpu: Gpu): [string, string][] {
  const { caps, created } = gpu;
  const tuned = tunedOf(gpu);
  const answers = tuned ? Object.values(tuned.answers) : [];
  const changed = answers.filter((a) => a.winner !== a.guess);
  return [
    ['device', `${deviceName(caps)}${targetOf(caps).software ? ' (on the processor)' : ''}`],
    ['device state', gpu.error ? gpu.error.message : 'open'],
    ['features', caps.features.join(', ') || 'none'],
    [
      'limits',
      Object.entries(caps.limits)
        .map(([name, v]) => `${name} ${v}`)
        .join(', '),
    ],
    ['GPU memory in use', showBytes(gpu.bytes)],
    [
      'GPU objects made',
      Object.entries(created)
        .map(([name, n]) => `${name} ${n}`)
        .join(', '),
    ],
    ['kernels measured', tuned ? `${answers.length}, of which ${changed.length} other than the guess` : 'none'],
    ...changed
      .slice(0, 12)
      .map((a): [string, string] => [`kernel ${a.op} ${a.dims.join('×')}`, `${a.guess} → ${a.winner}`]),
  ];
}

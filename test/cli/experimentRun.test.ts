import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ADAPT_DEFAULTS, type AdaptOptions, adaptConfig } from '../../src/cli/adaptOptions';
import { installDawn } from '../../src/cli/dawn.mjs';
import { runExperiment } from '../../src/cli/experimentRun';
import { type Host, makeLab } from '../../src/cli/lab';
import { openAdapter } from '../../src/data/adapterOpen';
import { decodeImage } from '../../src/data/image';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { newFolder, pictures, writeBase, writeCase, writeCases } from './adaptFixture';

// Whole runs on a software adapter, maybe beside other work.
vi.setConfig({ testTimeout: 600_000 });
await installDawn();
// One device for all runs, so that equal shaders compile once; a run that closes it must not end the others.
const shared = await openGpu();
shared.destroy = () => {};

const folder = await newFolder();
const base = join(folder, 'base.safetensors');
await writeBase(base);
const data = await writeCases(6);

/** Options of a short run into a new folder. */
async function options(changes: Partial<AdaptOptions> = {}): Promise<AdaptOptions> {
  const out = join(await newFolder(), 'run');
  // A schedule that does not depend on the run's length, and one adapter: little to compile.
  const quick = { adapter: 'medsa', schedule: 'constant', lr: 1e-3, perImage: 1 } as const;
  return { ...ADAPT_DEFAULTS, ...quick, base, data, out, steps: 12, batch: 2, val: 0.34, ...changes };
}

/** Surroundings that keep the log. */
function host(changes: Partial<Host> = {}): Host & { text: () => string } {
  let text = '';
  return {
    open: async () => shared,
    log: { write: (t: string) => (text += t) },
    stopped: () => false,
    plan: { variants: { matmul: 'naive' } },
    text: () => text,
    ...changes,
  };
}

/** `adapt` without its command line. */
const adaptRun = (o: AdaptOptions, h: Host) =>
  runExperiment({ command: 'adapt', config: adaptConfig(o), resume: o.resume }, makeLab(h));

const lines = async (o: AdaptOptions) => (await readFile(join(o.out!, 'metrics.jsonl'), 'utf8')).trim().split('\n');
const bytes = (o: AdaptOptions, name: string) => readFile(join(o.out!, name));

/** The run that others are compared with. */
const whole = await options();
const wholeHost = host();
const result = await adaptRun(whole, wholeHost);

test('a run leaves a table, adapters, metrics, a record and overlays', async () => {
  expect(result.status).toBe('done');
  expect(result.rows.map((r) => [r.className, r.n])).toEqual([
    ['label 1', 2],
    ['label 2', 2],
    ['mean of classes', 2],
    ['all objects', 4],
  ]);
  for (const { before, after } of result.rows) {
    for (const v of [before.dice, before.iou, after.dice, after.iou]) expect(v >= 0 && v <= 1).toBe(true);
  }
  const files = await readdir(whole.out!);
  for (const name of [
    'README.md',
    'adapter_config.json',
    'best.safetensors',
    'last.safetensors',
    'metrics.jsonl',
    'run.json',
  ]) {
    expect(files).toContain(name);
  }
  const { info, file } = await openAdapter(new Blob([await bytes(whole, 'last.safetensors')]));
  expect(info.base.name).toBe('tiny');
  expect([...file.entries.keys()].every((n) => n.includes('_Adapter.'))).toBe(true);
  expect(info.scores?.map((s) => s.after)).toEqual(result.rows.map((r) => r.after.dice));
  const overlays = await readdir(join(whole.out!, 'overlays'));
  expect(overlays.length).toBe(4);
  const png = await decodeImage(new Blob([await bytes(whole, `overlays/${overlays[0]}`)]));
  expect(png.width).toBe(4 * 32 * 8 + 3 * 4);
});

test('metrics hold a line per step and per evaluation; the record holds what was done', async () => {
  const metrics = (await lines(whole)).map((l) => JSON.parse(l));
  expect(metrics.filter((m) => m.kind === 'step').map((m) => m.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(metrics.filter((m) => m.kind === 'evaluation').map((m) => m.step)).toEqual([0, 10, 12]);
  expect(metrics.at(-1).classes['label 1'].dice).toBe(result.rows[0].after.dice);
  const record = JSON.parse((await bytes(whole, 'run.json')).toString());
  expect(record).toMatchObject({
    status: 'done',
    train: { steps: 12, lr: 1e-3, schedule: 'constant' },
    made: { node: process.versions.node },
  });
  expect(record.data.train.length + record.data.val.length).toBe(12);
  expect(record.plan.bytes.planned).toBeGreaterThan(0);
  expect(wholeHost.text()).toMatch(/training 12\/12/);
});

test('the same seed gives the same files; another seed does not', async () => {
  const again = await options();
  await adaptRun(again, host());
  expect(await lines(again)).toEqual(await lines(whole));
  for (const name of ['last.safetensors', 'best.safetensors', 'README.md']) {
    expect((await bytes(again, name)).equals(await bytes(whole, name)), name).toBe(true);
  }
  const other = await options({ seed: 2, steps: 1 });
  await adaptRun(other, host());
  expect((await lines(other))[1]).not.toBe((await lines(whole))[1]);
});

test('stopped and resumed = never stopped, bit for bit', async () => {
  const o = await options();
  let asked = 0;
  const stopped = await adaptRun(o, host({ stopped: () => ++asked > 4 }));
  expect(stopped).toMatchObject({ status: 'stopped', step: 5, rows: [] });
  expect(JSON.parse((await bytes(o, 'run.json')).toString()).status).toBe('stopped');
  const resumed = await adaptRun({ ...o, resume: true }, host());
  expect(resumed.rows).toEqual(result.rows);
  expect(await lines(o)).toEqual(await lines(whole));
  expect((await bytes(o, 'last.safetensors')).equals(await bytes(whole, 'last.safetensors'))).toBe(true);
});

test('a longer run goes on from a shorter one; other flags are refused, as is a folder in use', async () => {
  const o = await options({ steps: 4 });
  await adaptRun(o, host());
  await expect(adaptRun(o, host())).rejects.toThrow('it holds a run already');
  await expect(adaptRun({ ...o, resume: true, lr: 0.5 }, host())).rejects.toThrow('another one: lr was 0.001, now 0.5');
  const longer = await adaptRun({ ...o, steps: 12, resume: true }, host());
  expect(longer.step).toBe(12);
  const steps = (all: string[]) => all.filter((l) => l.includes('"step",'));
  expect(steps(await lines(o))).toEqual(steps(await lines(whole)));
  await expect(adaptRun(await options({ resume: true }), host())).rejects.toThrow('holds no state.safetensors');
});

test('a device that is lost in the middle changes nothing but the log', async () => {
  const o = await options();
  let opened = 0;
  let open: Gpu = shared;
  let asked = 0;
  const h = host({
    open: async () => {
      opened++;
      open = await openGpu();
      return open;
    },
    stopped: () => {
      if (++asked === 11) open.device.destroy();
      return false;
    },
  });
  const { rows } = await adaptRun(o, h);
  expect(opened).toBe(2);
  expect(h.text()).toMatch(/device was lost.*Going on from step 10 on a new device/);
  expect(rows).toEqual(result.rows);
  expect(await lines(o)).toEqual(await lines(whole));
});

test('a loss that is no number: the first bad op is named, the last checkpoint stays', async () => {
  const broken = join(folder, 'broken.safetensors');
  await writeBase(broken, (tensors) =>
    tensors.map((t) =>
      t.name === 'image_encoder.patch_embed.proj.bias' ? { ...t, data: new Float32Array(16).fill(3e38) } : t,
    ),
  );
  const o = await options({ base: broken });
  await expect(adaptRun(o, host())).rejects.toThrow(
    /the loss is NaN at step 1 .*\n.*first bad op: \S+ at image_encoder\.blocks\.0\.norm1/,
  );
  const record = JSON.parse((await bytes(o, 'run.json')).toString());
  expect(record).toMatchObject({ status: 'failed' });
  expect(record.error).toContain('first bad op');
});

test('limits and memory: which, how much, what to lower', async () => {
  const limits = { ...shared.caps.limits, maxStorageBufferBindingSize: 16384, maxBufferSize: 16384 };
  const small = await openGpu();
  Object.assign(small, { caps: { ...small.caps, limits } });
  await expect(adaptRun(await options(), host({ open: async () => small }))).rejects.toThrow(
    /allows 16\.0 KiB \(maxStorageBufferBindingSize\)(.|\n)*lower --batch \(now 2\)/,
  );
  const plan = { variants: { matmul: 'naive' }, maxBytes: 10_000 };
  await expect(adaptRun(await options(), host({ plan }))).rejects.toThrow(
    /activations, more than the 9\.77 KiB allowed(.|\n)*Largest objects:(.|\n)*lower --batch \(now 2\)/,
  );
});

test('bad folders', async () => {
  const fails = async (o: Partial<AdaptOptions>, what: string | RegExp) =>
    expect(adaptRun(await options(o), host())).rejects.toThrow(what);
  await fails({ data: join(folder, 'nowhere') }, 'there is no such folder');
  await fails({ data: base }, 'it is a file; give the folder');
  await fails({ data: await newFolder() }, 'no image has a mask');
  await fails({ data: await writeCases(1) }, 'at least two are needed');
  const undecodable = await writeCases(3);
  await writeFile(
    join(undecodable, 'images', 'case1.png'),
    (await readFile(join(undecodable, 'images', 'case1.png'))).subarray(0, 90),
  );
  await fails({ data: undecodable }, /images\/case1\.png/);
  const otherSize = await writeCases(3);
  await writeCase(otherSize, 'case1', { ...pictures(1), mask: pictures(1, 40, 40).mask }, 48, 40);
  await fails({ data: otherSize }, /masks\/case1\.png is 40 × 40, its image 48 × 40/);
  const empty = await writeCases(4);
  await writeCase(empty, 'case1', { ...pictures(1), mask: new Uint8Array(48 * 40) });
  await fails({ data: empty, refuseEmpty: true }, /masks\/case1\.png: the mask is empty.*take the case out/);
  const h = host();
  await adaptRun(await options({ data: empty, steps: 1 }), h);
  expect(h.text()).toContain('case1: left out, its mask is empty');
});

test('bad checkpoints', async () => {
  const fails = async (path: string, what: string | RegExp) =>
    expect(adaptRun(await options({ base: path }), host())).rejects.toThrow(what);
  const at = (name: string) => join(folder, name);
  await fails(at('no.safetensors'), 'there is no such file');
  await fails('sam-nanoo', 'did you mean sam-nano?');
  await writeFile(at('cut.safetensors'), (await readFile(base)).subarray(0, 20_000));
  await fails(at('cut.safetensors'), 'it is truncated; get it again');
  await writeBase(at('missing.safetensors'), (t) => t.filter((x) => x.name !== 'mask_decoder.iou_token.weight'));
  await fails(at('missing.safetensors'), '1 missing: mask_decoder.iou_token.weight');
  await writeBase(at('more.safetensors'), (t) => [
    ...t,
    { name: 'extra', dtype: 'F32', shape: [1], data: Float32Array.of(1) },
  ]);
  await fails(at('more.safetensors'), '1 unexpected: extra');
  await writeBase(at('shape.safetensors'), (t) =>
    t.map((x) => (x.name === 'mask_decoder.iou_token.weight' ? { ...x, shape: [2, 8] } : x)),
  );
  await fails(at('shape.safetensors'), 'mask_decoder.iou_token.weight expected [1,16], found [2,8]');
  await writeFile(at('text.safetensors'), 'no checkpoint at all');
  await fails(at('text.safetensors'), 'no checkpoint of a known format');
});

/**
 * The page's state as a link, and back: which embedded sample, how it is looked at, the options. Never an image, and
 * nothing that was drawn. It stands behind the `#`, which browsers keep to themselves. What makes no sense is passed over.
 */
import { type Phantom3dModality, phantom3dModalities } from '../data/phantom3d';
import { phantomModalities } from '../data/phantoms';
import { merge } from '../train/experiment/merge';
import type { Json } from '../train/experiment/overrides';
import { parseRun, parseView, type RunConfig, type SampleModality, type ViewConfig } from './configs';
import type { CaseInfo } from './document/caseInfo';
import { type CaseLook, firstLook } from './document/look';
import { PLANES } from './document/planes';
import type { VolumeLook } from './document/volumeLook';
import { addVolume, numbers, volumeFrom } from './linkVolume';
import type { SampleId } from './protocol';
import { type AppState, shownCase } from './state';
import { volumeLookOf } from './volumeState';

/** What a link says. */
export interface Link {
  readonly sample: SampleId | null;
  readonly look: Partial<CaseLook>;
  /** How the volume view shows it. */
  readonly volume: Partial<VolumeLook>;
  readonly layout: string | null;
  readonly tab: string | null;
  readonly tool: string | null;
  readonly config: RunConfig;
  readonly view: ViewConfig;
}

/** Most characters of a link that are read. */
const MAX_LINK = 8000;

const MODALITIES: readonly SampleModality[] = [
  ...phantomModalities,
  ...(phantom3dModalities as readonly Phantom3dModality[]),
];

/** The embedded sample that a case is; null for files. */
export function sampleOf({ id }: Pick<CaseInfo, 'id'>): SampleId | null {
  const [, modality, index] = /^sample-([a-z]+)-(\d{1,2})$/.exec(id) ?? [];
  const known = MODALITIES.find((m) => m === modality);
  return known ? { modality: known, index: Number(index) } : null;
}

/** The link to the page as it is now, beginning with `#`; '' where all is as it opens. */
export function linkOf(s: AppState): string {
  const out = new URLSearchParams();
  const open = shownCase(s);
  const sample = open && sampleOf(open.info);
  if (open && sample) {
    if (sample.modality !== 'fundus' || sample.index) out.set('sample', `${sample.modality}-${sample.index + 1}`);
    addLook(out, open.look, firstLook(open.info));
    addVolume(out, volumeLookOf(s, open.info.id));
  }
  if (s.layout !== 'all') out.set('layout', s.layout);
  if (s.tab !== 'segment') out.set('tab', s.tab);
  if (s.tool !== 'click') out.set('tool', s.tool);
  addOptions(out, 'view', s.view, parseView());
  // A run to begin with is of this browser alone.
  addOptions(out, 'run', leavesOf(s.config.experiment), leavesOf(parseRun().experiment));
  const text = out.toString().replaceAll('%2C', ',');
  return text && `#${text}`;
}

function addLook(out: URLSearchParams, look: CaseLook, first: CaseLook): void {
  if (look.plane !== first.plane) out.set('plane', look.plane);
  if (`${look.cross}` !== `${first.cross}`) out.set('at', look.cross.join());
  if (`${look.window}` !== `${first.window}`) out.set('window', look.window.join());
  if (look.smooth !== first.smooth) out.set('smooth', String(look.smooth));
  if (`${look.modelWindow}` !== `${first.modelWindow}`) out.set('model', look.modelWindow.join());
}

function addOptions(out: URLSearchParams, name: string, now: object, first: object): void {
  for (const [key, value] of Object.entries(now)) {
    const text = JSON.stringify(value);
    if (text !== JSON.stringify((first as Record<string, unknown>)[key])) out.set(`${name}.${key}`, text);
  }
}

/** Entries of a nested object by path; lists are entries. */
function leavesOf(value: object, under = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, v]): [string, unknown][] =>
      typeof v === 'object' && v !== null && !Array.isArray(v)
        ? Object.entries(leavesOf(v, `${under}${key}.`))
        : [[under + key, v]],
    ),
  );
}

/** An experiment with the entries of `leaves`. */
function runFrom(leaves: Readonly<Record<string, unknown>>): RunConfig {
  const experiment = Object.entries(leaves).reduce<Json>(
    (all, [path, value]) =>
      merge(
        all,
        path.split('.').reduceRight<Json>((v, key) => ({ [key]: v }), value as Json),
      ),
    {},
  );
  return parseRun({ experiment });
}

/** What the part of an address from its `#` on says. */
export function readLink(hash: string): Link {
  const q = new URLSearchParams(hash.length <= MAX_LINK ? hash.replace(/^#/, '') : '');
  const [, modality, number] = /^([a-z]+)-(\d{1,2})$/.exec(q.get('sample') ?? '') ?? [];
  return {
    sample: sampleOf({ id: `sample-${modality}-${Number(number) - 1}` }),
    look: lookFrom(q),
    volume: volumeFrom(q),
    ...{ layout: q.get('layout'), tab: q.get('tab'), tool: q.get('tool') },
    config: optionsFrom(q, 'run', runFrom),
    view: optionsFrom(q, 'view', parseView),
  };
}

function lookFrom(q: URLSearchParams): Partial<CaseLook> {
  const plane = PLANES.find((p) => p === q.get('plane'));
  const cross = numbers(q.get('at'), 3);
  const range = (name: string) => {
    const found = numbers(q.get(name), 2);
    return found && found[0] < found[1] ? ([found[0], found[1]] as const) : null;
  };
  const [window, modelWindow] = [range('window'), range('model')];
  return {
    ...(plane ? { plane } : {}),
    ...(cross ? { cross: [cross[0], cross[1], cross[2]] } : {}),
    ...(window ? { window } : {}),
    ...(modelWindow ? { modelWindow } : {}),
    ...(q.get('smooth') === 'false' ? { smooth: false } : {}),
  };
}

/** The look of a link, held within the case. */
export function lookWithin(look: Partial<CaseLook>, info: CaseInfo): Partial<CaseLook> {
  const { cross, plane, ...rest } = look;
  const held = cross?.map((at, a) => Math.min(info.dims[a] - 1, Math.max(0, Math.round(at))));
  return {
    ...rest,
    ...(held ? { cross: [held[0], held[1], held[2]] } : {}),
    ...(plane && info.kind === 'volume' ? { plane } : {}),
  };
}

function optionsFrom<T>(q: URLSearchParams, name: string, parse: (config: Readonly<Record<string, unknown>>) => T): T {
  let given: Record<string, unknown> = {};
  for (const [key, text] of q) {
    if (!key.startsWith(`${name}.`)) continue;
    try {
      const next = { ...given, [key.slice(name.length + 1)]: JSON.parse(text) };
      parse(next);
      given = next;
    } catch {
      // An option of another version of the page, or a value that it does not have.
    }
  }
  return parse(given);
}

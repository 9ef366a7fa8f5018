/** The text of the diagnostics: what helps whoever reads an issue, and nothing that says whose images they are. Pure. */
import type { EngineDiagnostics } from './insideProtocol';
import type { Notice } from './notices';
import type { PredictionInfo } from './protocol';
import type { AppState } from './state';

/** Something that went wrong, with the moment in seconds since the page was opened. */
export interface Trouble {
  readonly at: number;
  readonly words: string;
}

/** Names of files, and paths. */
const FILE =
  /(?:[\w.%+:-]*[/\\])*[^\s/\\"'«»“”:,;]*\.(?:nii(?:\.gz)?|gz|dcm|ima|png|jpe?g|nrrd|nhdr|mha|mhd|raw|img|hdr|zip|safetensors|json|tiff?|webp|bmp|mp4|pdf)\b/gi;

/** `text` without names of files and of open cases. */
export function withoutNames(text: string, names: readonly string[]): string {
  const known = names.filter((n) => n.length > 1).toSorted((a, b) => b.length - a.length);
  const cleared = known.reduce((t, name) => t.replaceAll(name, '‹case›'), text);
  return cleared.replace(/while opening (?!the ).*/g, 'while opening ‹file›').replace(FILE, '‹file›');
}

/** A notice as it goes into the log; of those that tell of files only their title. */
export function troubleOf(notice: Notice, names: readonly string[], at: number): Trouble {
  const refused = /cannot be opened|look twice|Put onto/.test(notice.title);
  return { at, words: withoutNames(refused ? notice.title : [notice.title, ...notice.text].join(' · '), names) };
}

/** What only the page knows. */
export interface PageFacts {
  readonly version: string;
  readonly browser: string;
  readonly screen: string;
  /** In words. */
  readonly storage: string;
  readonly heap: string;
}

/** The text, a line each. */
export function diagnosticsText(
  s: Pick<AppState, 'engine' | 'predictions' | 'cases'>,
  engine: EngineDiagnostics,
  page: PageFacts,
  troubles: readonly Trouble[],
): string {
  const shapes = [...s.cases.values()].map(
    ({ info }) => `${info.dims.join('×')} ${info.source.format} ${info.modality}`,
  );
  const lines: [string, string][] = [
    ['medsa-lab', page.version],
    ['browser', page.browser],
    ['screen', page.screen],
    ['engine', s.engine],
    ...engine.map(([name, value]): [string, string] => [name, value]),
    ['cases', shapes.join('; ') || 'none'],
    ['decode per click', decodeText([...s.predictions.values()])],
    ['storage', page.storage],
    ['page memory', page.heap],
  ];
  const log = troubles.map((t) => `- ${t.at.toFixed(0)} s: ${t.words}`);
  return [...lines.map(([name, value]) => `${name}: ${value}`), log.length ? 'errors:' : 'errors: none', ...log].join(
    '\n',
  );
}

/** Median time of an answer, and how much of it was no work of the GPU's. */
function decodeText(predictions: readonly PredictionInfo[]): string {
  if (!predictions.length) return 'none yet';
  const middle = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
  const ms = middle(predictions.map((p) => p.ms));
  const rest = middle(predictions.map((p) => 100 * (1 - (p.gpuMs ?? p.ms) / p.ms)));
  return `median ${ms.toFixed(0)} ms of ${predictions.length}, ${rest.toFixed(0)} % of it not on the GPU`;
}

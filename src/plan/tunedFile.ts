import type { Answer, Timing, Tuned } from './tuned';

/** Measurements as JSON. What is read comes from outside: anything that is not as written here is none. */

/** Where measurements are kept between sessions: a folder, a browser's storage. */
export interface TunedStore {
  /** What was saved for the device with this fingerprint; null if nothing (or nothing readable) was. */
  load(device: string): Promise<Tuned | null>;
  save(tuned: Tuned): Promise<void>;
}

const FORMAT = 'medsa-lab tuning 1';

/** As JSON text, an answer a line. */
export function writeTuned(tuned: Tuned): string {
  const { answers, ...head } = tuned;
  const lines = Object.entries(answers).map(([k, a]) => `${JSON.stringify(k)}: ${JSON.stringify(a)}`);
  const rest = Object.entries({ format: FORMAT, ...head }).map(([k, v]) => `"${k}": ${JSON.stringify(v)}`);
  return `{\n${[...rest, `"answers": {\n${lines.join(',\n')}\n}`].join(',\n')}\n}\n`;
}

/** Reads what `writeTuned` wrote; null for anything else. Single answers that are damaged are left out. */
export function readTuned(text: string): Tuned | null {
  const json = parsed(text);
  if (!isObject(json) || json.format !== FORMAT || !isObject(json.answers)) return null;
  const { device, name, shaders } = json;
  if (!isText(device) || !isText(name) || !isText(shaders)) return null;
  const answers = Object.entries(json.answers).filter((e): e is [string, Answer] => isAnswer(e[1]));
  return { device, name, shaders, answers: Object.fromEntries(answers) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isText = (x: unknown): x is string => typeof x === 'string';
const isNumber = (x: unknown): x is number => typeof x === 'number';
const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);

function isAnswer(x: unknown): x is Answer {
  if (!isObject(x) || ![x.op, x.layout, x.winner, x.guess, x.date].every(isText) || !isNumber(x.tolerance))
    return false;
  const dims = Array.isArray(x.dims) && x.dims.every((d) => isNumber(d) && d > 0);
  return dims && Array.isArray(x.timings) && x.timings.every(isTiming);
}

function isTiming(x: unknown): x is Timing {
  if (!isObject(x) || !isText(x.variant) || !(x.refused === undefined || isText(x.refused))) return false;
  return [x.us, x.error].every((n) => n === null || isNumber(n));
}

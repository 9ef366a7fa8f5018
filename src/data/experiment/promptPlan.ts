import type { ExperimentConfig } from '../../train/experiment/config';
import { ConfigError } from '../../train/experiment/configError';
import type { TrainItem } from '../../train/trainItem';
import { rng } from '../rng';
import { promptHasMask, promptTokens } from '../trainItems';

/** What an experiment is prompted with. */
export interface PromptPlan {
  /** Tokens of a training row: as many as the longest kind takes. */
  readonly points: number;
  /** Some kind of training brings a mask. */
  readonly masks: boolean;
  /** Kind that is measured with. */
  readonly evaluation: string;
  /** Kind of step t = 0, 1, …: the only one, or one by chance. */
  kindAt(t: number): string;
}

/** The prompts of `config`, checked: `ConfigError` names the key of an unknown kind. */
export function promptPlan({ prompt, eval: { prompt: measured }, seed }: ExperimentConfig): PromptPlan {
  const kinds = typeof prompt === 'string' ? [prompt] : prompt;
  const evaluation = measured ?? kinds[0];
  const points = Math.max(...kinds.map((kind) => tokensOf('prompt', kind)));
  tokensOf('eval.prompt', evaluation);
  return {
    points,
    masks: kinds.some(promptHasMask),
    evaluation,
    kindAt: (t) => (kinds.length > 1 ? kinds[rng(seed, 'kind of prompt', t).int(0, kinds.length - 1)] : kinds[0]),
  };
}

function tokensOf(key: string, prompt: string): number {
  try {
    return promptTokens(prompt);
  } catch (e) {
    throw new ConfigError(`${key}: ${e instanceof Error ? e.message : String(e)}`);
  }
}

/** The row with `points` prompt tokens: what is missing is padding, label −1, as SAM pads. */
export function padded(item: TrainItem, points: number): TrainItem {
  const missing = points - item.labels.length;
  if (missing <= 0) return item;
  const labels = new Float32Array(points).fill(-1);
  labels.set(item.labels);
  const places = new Float32Array(2 * points);
  places.set(item.points);
  return { ...item, points: places, labels };
}

// Data for models that take no prompt but know the classes of their task: a row says its class where others say a point.
import type { TrainItem } from '../../train/trainItem';
import type { EvaluationSet, ExperimentData } from './experimentData';

/** Class names of a data set in the order of the alphabet, so that they do not depend on the split. */
export function classNames({ train, val }: Pick<ExperimentData, 'train' | 'val'>): string[] {
  const nameOf = (object: string) => object.slice(object.indexOf(': ') + 2);
  return [...new Set([...train, ...val].map(nameOf))].sort();
}

/** The same data whose rows have one padding point (label −1): its x is the number of the row's class among `classNames`. */
export function classData(data: ExperimentData): ExperimentData {
  const names = classNames(data);
  const rows = (items: readonly TrainItem[]) => items.map((item) => asClass(item, names));
  const set = (of: EvaluationSet): EvaluationSet => ({
    ...of,
    evaluate: (predict, count, onDone) => of.evaluate((items) => predict(rows(items)), count, onDone),
  });
  return {
    ...data,
    batch: (plan, t) => rows(data.batch(plan, t)),
    evaluation: (prompt, maskSide) => set(data.evaluation(prompt, maskSide)),
    validation(prompt, maskSide) {
      const held = data.validation(prompt, maskSide);
      return held && set(held);
    },
  };
}

function asClass({ maskInput: _, ...item }: TrainItem, names: readonly string[]): TrainItem {
  const at = names.indexOf(item.className);
  if (at < 0) throw new Error(`${item.id}: no class is called ${item.className}; there are ${names.join(', ')}`);
  return { ...item, points: Float32Array.of(at, 0), labels: Float32Array.of(-1) };
}

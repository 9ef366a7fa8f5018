import type { Answer, Tuned } from '../plan/tuned';

/** Measurements for people: a block per question, a line per variant, the winner marked. */
export function tunedText(tuned: Tuned): string {
  const answers = Object.entries(tuned.answers);
  const head = `${tuned.name} · shaders ${tuned.shaders} · ${answers.length} choices`;
  return [head, ...answers.flatMap(([key, a]) => ['', ...answerLines(key, a)]), '', summaryText(tuned)].join('\n');
}

function answerLines(key: string, a: Answer): string[] {
  const best = a.timings.find((t) => t.variant === a.winner)?.us ?? 0;
  const sorted = [...a.timings].sort((x, y) => (x.us ?? Infinity) - (y.us ?? Infinity));
  return [
    key,
    ...sorted.map((t) => {
      const mark = t.variant === a.winner ? '*' : ' ';
      const guess = t.variant === a.guess ? ' · guessed' : '';
      const error = t.error === null ? '' : ` · error ${t.error.toExponential(1)}`;
      const time =
        t.us === null ? ''.padStart(22) : `${t.us.toFixed(1).padStart(11)} µs ${(t.us / best).toFixed(2).padStart(6)}×`;
      return ` ${mark} ${t.variant.padEnd(16)}${time}${error}${guess}${t.refused ? ` · ${t.refused}` : ''}`;
    }),
    `   measured ${a.date}, tolerance ${a.tolerance}`,
  ];
}

/** How often the guess was right, what winning over it saves, and who was refused as wrong. */
export function summaryText(tuned: Tuned): string {
  const answers = Object.entries(tuned.answers);
  const other = answers.filter(([, a]) => a.winner !== a.guess);
  const us = (a: Answer, variant: string) => a.timings.find((t) => t.variant === variant)?.us ?? 0;
  const saved = other.filter(([, a]) => us(a, a.guess) > 0);
  const ratio = saved.reduce((p, [, a]) => p + Math.log(us(a, a.guess) / us(a, a.winner)), 0) / (saved.length || 1);
  const wrong = answers.flatMap(([k, a]) =>
    a.timings
      .filter((t) => t.refused && !t.refused.startsWith('not tried'))
      .map((t) => `  ${t.variant} of ${k}: ${t.refused}`),
  );
  return [
    `${answers.length - other.length} of ${answers.length} choices as guessed` +
      (saved.length
        ? `; the other ${other.length} are ${Math.exp(ratio).toFixed(2)}× as fast as the guess (geometric mean)`
        : ''),
    ...(wrong.length ? ['refused:', ...wrong] : []),
  ].join('\n');
}

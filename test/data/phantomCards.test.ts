import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PHANTOM_OBJECTS } from '../../src/data/phantomObjects';
import { phantomClassesOf, phantomModalities } from '../../src/data/phantoms';
import { numbersOf } from './phantomNumbers';

const pathOf = (m: string) => new URL(`../../src/data/cards/${m}.md`, import.meta.url);
const numbers = /(<!-- numbers -->\n\n)[\s\S]*?(\n\n<!-- end -->)/;

// After a deliberate change of a phantom: WRITE_CARDS=1 npx vitest run --project unit test/data/phantomCards.test.ts
test.each(phantomModalities)(
  '%s: the card names what is labelled, and its numbers are those of the code',
  (modality) => {
    const path = pathOf(modality);
    const card = readFileSync(path, 'utf8');
    const table = numbersOf(modality, 8);
    const right = card.replace(numbers, (_, before: string, after: string) => before + table + after);
    if (process.env.WRITE_CARDS) writeFileSync(path, right);
    else expect(card).toBe(right);
    expect(card).toMatch(numbers);
    for (const { value, name } of phantomClassesOf(modality)) expect(card).toContain(`${value} ${name}`);
    for (const { name } of PHANTOM_OBJECTS[modality]) expect(card).toContain(name);
  },
  120_000,
);

import { expect, test } from 'vitest';
import { safeName, zipBlob } from '../../src/app/zip';
import { openZip } from '../../src/data/torchZip';

test('files come back by name, names made safe and unlike each other', async () => {
  const zip = await zipBlob(
    new Map<string, string | Blob>([
      ['a/mask.png', new Blob(['png'])],
      ['Ä ö/../x y.txt', 'text'],
      ['a/Mask.png', 'other'],
    ]),
  );
  const file = await openZip(zip, 'a.zip');
  expect([...file.records.keys()]).toEqual(['a/mask.png', 'A_o_/_/x_y.txt', 'a/Mask-2.png']);
  for (const [name, text] of [
    ['a/mask.png', 'png'],
    ['a/Mask-2.png', 'other'],
  ]) {
    const record = file.records.get(name)!;
    expect(new TextDecoder().decode(await file.read(record, 0, record.size))).toBe(text);
    expect(await file.verify(record)).toBe(true);
  }
});

test('no name leads out of the folder that it is unpacked into', () => {
  for (const bad of ['../../etc/x', '/etc/x', '..', 'a/../../b', 'C:\\x']) {
    expect(safeName(bad).split('/')).not.toContain('..');
    expect(safeName(bad)).toMatch(/^[\w][\w./-]*$/);
  }
});

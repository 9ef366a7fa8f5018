import { expect, test } from 'vitest';
import { unzip } from '../../src/app/engine/unzip';
import { keptName, safeName, zipBlob } from '../../src/app/zip';
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

test('names may be kept as other files refer to them, in any script', async () => {
  const zip = await zipBlob(
    new Map([
      ['data/Größe 1.png', 'a'],
      ['data/肝.png', 'b'],
    ]),
    keptName,
  );
  const file = await unzip(zip, 'a.zip');
  expect([...file.keys()]).toEqual(['data/Größe 1.png', 'data/肝.png']);
  expect(await (await file.get('data/肝.png')!()).text()).toBe('b');
  // Bit 11 of the flags says UTF-8 to those who would guess another table.
  expect(new DataView(await zip.arrayBuffer()).getUint16(6, true)).toBe(0x800);
  for (const bad of ['../../etc/x', '/etc/x', '..', 'a/./b', 'C:\\x'])
    expect(keptName(bad)).toMatch(/^(?!\/)(?!.*(^|\/)\.{1,2}(\/|$))[^\\:]+$/);
});

test('no name leads out of the folder that it is unpacked into', () => {
  for (const bad of ['../../etc/x', '/etc/x', '..', 'a/../../b', 'C:\\x']) {
    expect(safeName(bad).split('/')).not.toContain('..');
    expect(safeName(bad)).toMatch(/^[\w][\w./-]*$/);
  }
});

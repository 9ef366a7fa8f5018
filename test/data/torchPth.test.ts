import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/data/checkpoint';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { needShared, readShared } from '../harness/shared';

const golden = async (path: string) => openCheckpoint(new File([await readShared('goldens', path)], path));

test.each([
  ['checkpoint-formats/tensors.pth', 'checkpoint-formats/expected.safetensors', 'torch-zip'],
  ['checkpoint-formats/tensors.protocol2.pth', 'checkpoint-formats/expected.safetensors', 'torch-zip'],
  ['checkpoint-formats/tensors.protocol3.pth', 'checkpoint-formats/expected.safetensors', 'torch-zip'],
  ['checkpoint-formats/tensors.protocol4.pth', 'checkpoint-formats/expected.safetensors', 'torch-zip'],
  ['checkpoint-formats/tensors.legacy.pth', 'checkpoint-formats/expected.safetensors', 'torch-legacy'],
  ['checkpoint-formats/nested.pth', 'checkpoint-formats/nested.expected.safetensors', 'torch-zip'],
  ['checkpoint-formats/nested.legacy.pth', 'checkpoint-formats/nested.expected.safetensors', 'torch-legacy'],
  ['checkpoint-formats/optimizer.pth', 'checkpoint-formats/optimizer.expected.safetensors', 'torch-zip'],
  ['medsa-checkpoint/state_dict.pth', 'medsa-checkpoint/weights.safetensors', 'torch-zip'],
  ['medsa-checkpoint/best_dice_checkpoint.pth', 'medsa-checkpoint/best_dice_checkpoint.expected.safetensors', 'torch-zip'],
  ['sam-mask-decoder/legacy.pth', 'sam-mask-decoder/weights.safetensors', 'torch-legacy'],
  ['sam-full-tiny/checkpoint.pth', 'sam-full-tiny/weights.safetensors', 'torch-zip'],
])('%s equals %s bit for bit', async (path, expected, kind) => {
  const file = await golden(path);
  expect(file.kind).toBe(kind);
  const rows = await compareTensorFiles(file, await golden(expected));
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.filter((row) => !row.equal)).toEqual([]);
});

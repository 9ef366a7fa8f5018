import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { bindLeaf } from '../../src/plan/leaves';
import { checkFrozen } from '../../src/train/checkFrozen';
import { uploadedSam } from './tiny';

const gpu = await openGpu();

test('frozen weights are compared bit for bit with what was uploaded; what trains may change', async () => {
  const sam = await uploadedSam(gpu);
  const layout = sam.params.layout();
  bindLeaf(gpu, layout.flat!, new Float32Array(layout.total).fill(7));
  const frozen = sam.params.all().filter((p) => !p.trainable);
  expect(await checkFrozen(sam.params, gpu)).toBe(frozen.length);
  const { name } = frozen[4];
  const values = (await sam.params.values(name)) as Float32Array<ArrayBuffer>;
  bindLeaf(gpu, sam.params.leaf(name), Float32Array.of(values[0] + 1));
  await expect(checkFrozen(sam.params, gpu)).rejects.toThrow(
    `frozen weights changed: 1 of ${frozen.length} parameters that do not train (${name}); ${name}[0] was`,
  );
  bindLeaf(gpu, sam.params.leaf(name), values);
  expect(await checkFrozen(sam.params, gpu)).toBe(frozen.length);
});

import { expect, test } from 'vitest';
import { asRelease, renamedSource } from '../../src/data/releaseBase';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { loadParams, type TensorSource } from '../../src/nn/paramsIo';

/** All tensors of a fresh `tiny`. */
function fresh(): TensorSource {
  const params = makeParams(2);
  buildSam({ params }, samConfig('tiny'));
  return {
    names: () => params.all().map((p) => p.name),
    has: params.has,
    shape: (n) => params.get(n).shape,
    read: params.values,
  };
}

test('a base loads into the model of the published code, strictly, whatever its size', async () => {
  const base = fresh();
  const { config, source } = asRelease(samConfig('tiny'), base, [{ name: 'medsa' }]);
  expect(config.imageEncoder).toMatchObject({ norm1InWindow: true, posEmbedSide: 4 });
  const sam = buildSam({ params: makeParams() }, config);
  expect(loadParams(sam.params, source)).toMatchObject({ missing: [], unexpected: [], misshaped: [] });
  expect(await sam.params.values('image_encoder.blocks.1.attn.rel_h')).toEqual(
    await base.read('image_encoder.blocks.1.attn.rel_pos_h'),
  );
});

test('the side of the position embedding is the release’s for SAM’s own sizes', () => {
  expect(asRelease(samConfig('vit_b'), fresh(), []).config.imageEncoder.posEmbedSide).toBe(64);
});

test('blocks with LoRA in place of adapters keep SAM’s order of norm and windows', () => {
  const { config } = asRelease(samConfig('tiny'), fresh(), [{ name: 'lora' }]);
  expect(config.imageEncoder).toMatchObject({ norm1InWindow: false, relPosNames: ['rel_h', 'rel_w'] });
});

test('renamed there and back', async () => {
  const base = fresh();
  const back = renamedSource(renamedSource(base, 'sam', 'release'), 'release', 'sam');
  expect(back.names()).toEqual(base.names());
  const name = 'mask_decoder.transformer.layers.1.mlp.lin2.bias';
  expect([back.has(name), back.shape(name)]).toEqual([true, base.shape(name)]);
  expect(await back.read(name)).toEqual(await base.read(name));
  expect(renamedSource(base, 'sam', 'release').has(name)).toBe(false);
});

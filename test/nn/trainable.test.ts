import { expect, test } from 'vitest';
import { zeros } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { chooseTrainable, type Trainable } from '../../src/nn/trainable';

function trained(which: Trainable): string[] {
  const p = makeParams();
  for (const name of ['image_encoder.a', 'mask_decoder.b.c', 'buffer', 'blocks.0.w', 'blocks.1.w']) {
    p.declare({ name, shape: [1], init: zeros, buffer: name === 'buffer' });
  }
  p.declare({ name: 'image_encoder.x_Adapter', shape: [1], init: zeros, adapter: 'x', trainable: true });
  chooseTrainable(p, which);
  return p.all().flatMap((q) => (q.trainable ? [q.name] : []));
}

test('adapters, decoder, all, none, patterns', () => {
  expect(trained('adapters')).toEqual(['image_encoder.x_Adapter']);
  expect(trained('decoder')).toEqual(['mask_decoder.b.c', 'image_encoder.x_Adapter']);
  expect(trained('all')).toHaveLength(5);
  expect(trained('none')).toEqual([]);
  expect(trained(['blocks.*.w'])).toEqual(['blocks.0.w', 'blocks.1.w', 'image_encoder.x_Adapter']);
});

test('a pattern without a parameter is an error with near names', () => {
  expect(() => trained(['block.0.w'])).toThrow(/'block\.0\.w'; near names: blocks\.0\.w/);
});

import { LORA_RELEASE, lora } from '../../src/adapters/lora';
import { checkAdapter, DECODERS } from '../harness/checkAdapter';

checkAdapter('lora', () => lora(), { pattern: lora.pattern });
checkAdapter('lora as released', () => lora(LORA_RELEASE), { pattern: lora.pattern });
checkAdapter('lora on one kind of layer', () => lora({ rank: 2, alpha: 8 }), {
  pattern: 'image_encoder.blocks.*.attn.proj',
});
checkAdapter('lora', () => lora(), { pattern: 'mask_decoder.transformer.layers.*', on: DECODERS });

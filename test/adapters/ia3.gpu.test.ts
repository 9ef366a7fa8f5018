import { ia3 } from '../../src/adapters/ia3';
import { checkAdapter, DECODERS } from '../harness/checkAdapter';

checkAdapter('ia3', () => ia3(), { pattern: ia3.pattern });
checkAdapter('ia3', () => ia3(), { pattern: 'mask_decoder.transformer.layers.*', on: DECODERS });

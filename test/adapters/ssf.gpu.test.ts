import { ssf } from '../../src/adapters/ssf';
import { checkAdapter, DECODERS } from '../harness/checkAdapter';

checkAdapter('ssf', () => ssf(), { pattern: ssf.pattern });
checkAdapter('ssf', () => ssf({ norms: false }), { pattern: 'mask_decoder.transformer.layers.*', on: DECODERS });

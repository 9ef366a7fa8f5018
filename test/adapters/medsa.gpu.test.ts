import { MEDSA_RELEASE, medsa } from '../../src/adapters/medsa';
import { checkAdapter } from '../harness/checkAdapter';

const pattern = 'image_encoder.blocks.*';
checkAdapter('medsa', () => medsa(), { pattern });
checkAdapter('medsa with gelu and a learnt scale', () => medsa({ ratio: 1 / 8, act: 'gelu', learnScale: true }), {
  pattern,
});
checkAdapter('medsa as released', () => medsa(MEDSA_RELEASE), { pattern, unused: /Depth_Adapter/ });

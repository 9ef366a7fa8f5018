import { bitfit } from '../../src/adapters/bitfit';
import { checkAdapter } from '../harness/checkAdapter';

checkAdapter('bitfit', () => bitfit(), { pattern: bitfit.pattern });

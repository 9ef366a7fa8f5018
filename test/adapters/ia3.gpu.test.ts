import { ia3 } from '../../src/adapters/ia3';
import { checkAdapter } from '../harness/checkAdapter';

checkAdapter('ia3', () => ia3(), { pattern: ia3.pattern });

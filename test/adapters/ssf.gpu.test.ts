import { ssf } from '../../src/adapters/ssf';
import { checkAdapter } from '../harness/checkAdapter';

checkAdapter('ssf', () => ssf(), { pattern: ssf.pattern });

import { checkAdapter } from '../harness/checkAdapter';
import { gain } from './gain';

checkAdapter('gain', () => gain(), { pattern: gain.pattern });

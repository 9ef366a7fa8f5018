import type { Caps } from '../gpu/device';
import type { Target } from '../tensor/op';

/** Names under which software adapters are known: SwiftShader, Mesa's llvmpipe and lavapipe, Microsoft's WARP. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|basic render|software/i;

/** What the ops are told of the device with these `caps`. */
export function targetOf(caps: Caps): Target {
  return { software: SOFTWARE.test(`${caps.vendor} ${caps.architecture} ${caps.description}`) };
}

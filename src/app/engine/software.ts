import { type Caps, deviceName } from '../../gpu/device';

/** Whether WebGPU runs on the processor: then the page shares its threads. */
export function isSoftware(caps: Caps): boolean {
  return /swiftshader|llvmpipe|lavapipe|basic render|warp|software/i.test(deviceName(caps));
}

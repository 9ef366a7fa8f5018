import { type Caps, deviceName } from '../gpu/device';
import { targetOf } from '../plan/target';

/** With `real`, throws where Dawn found nothing but a software adapter. */
export function demandReal(caps: Caps, real: boolean): void {
  if (real && targetOf(caps).software)
    throw new Error(
      `bench: --real wants a GPU, but the only adapter here is ${deviceName(caps)}; install the graphics driver, or leave --real out`,
    );
}

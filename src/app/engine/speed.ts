import type { Caps } from '../../gpu/device';
import type { Drawer } from './drawer';
import type { Speed } from './estimate';

/** Steps whose times are looked at. */
const WINDOW = 8;
const FILE = 'speed.json';

/** How fast steps were on each device: measured while training, kept for the next estimate. */
export function makeSpeed(place: Promise<Drawer>) {
  let known: Promise<Record<string, number>> | null = null;
  let rates: number[] = [];
  let count = 0;
  const read = async () => {
    try {
      return JSON.parse((await (await (await place).read(FILE))?.text()) ?? '{}') as Record<string, number>;
    } catch {
      return {};
    }
  };
  const all = () => {
    known ??= read();
    return known;
  };
  return {
    /** FLOP/s on this device; null where no step was timed. */
    of: async (caps: Caps): Promise<Speed> => (await all())[nameOf(caps)] ?? null,
    /** A step of so many operations took so many seconds. */
    stepped(caps: Caps, flops: number, seconds: number): void {
      if (!(seconds > 0)) return;
      rates = [...rates, flops / seconds].slice(-WINDOW);
      const middle = [...rates].sort((a, b) => a - b)[rates.length >> 1];
      void all().then((speeds) => {
        speeds[nameOf(caps)] = middle;
        // Kept now and then: what matters is the order of magnitude.
        if (count++ % WINDOW === 0) void keep(place, speeds);
      });
    },
  };
}

async function keep(place: Promise<Drawer>, speeds: Record<string, number>): Promise<void> {
  // Where there is no room, the next visit guesses again.
  await (await place).write(FILE, JSON.stringify(speeds)).catch(() => {});
}

const nameOf = ({ vendor, architecture, description }: Caps) => `${vendor} ${architecture} ${description}`;

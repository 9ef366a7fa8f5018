import { half } from '../ops/half';
import { numel } from '../tensor/shape';
import { apply, atPath, type Tensor } from '../tensor/tensor';

/** Elements below which a copy in 16 bits saves nothing worth a dispatch. */
const SMALL = 4096;

/**
 * What the backward gets to see of a forward value: itself, or its copy in 16 bits where it was made within `kept16`. Views
 * are taken of the copy of what they look at. Parameters, indices, small tensors and ops marked `exact` stay as they are.
 */
export function keeper(): (t: Tensor) => Tensor {
  const made = new Map<Tensor, Tensor>();
  return (t) => {
    const views: Tensor[] = [];
    let at = t;
    while (at.op.view && !made.has(at)) {
      views.push(at);
      at = at.inputs[0];
    }
    let kept = made.get(at) ?? copyOf(at);
    made.set(at, kept);
    for (const v of views.reverse()) {
      const input = kept;
      if (input !== v.inputs[0]) kept = atPath(v.path, () => apply(v.op, [input], v.attrs));
      else kept = v;
      made.set(v, kept);
    }
    return kept;
  };
}

function copyOf(t: Tensor): Tensor {
  const worthIt = t.half && !t.leaf && t.dtype === 'f32' && !t.op.exact && numel(t.shape) >= SMALL;
  return worthIt ? atPath(t.path, () => half(t, t.op.name === 'relu')) : t;
}

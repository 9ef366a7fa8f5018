// state = (scale, good steps since it changed, c₁, c₂ of Adam after the good steps so far); one thread decides.
// good: count, c ← c + (1 − β)(1 − c), and every GROWTH good steps scale · 2; overflow: scale / 2; neither: nothing changes.
const GROWTH: f32 = 200.0;
const LEAST: f32 = 1.0;
const MOST: f32 = 2.0;
const REST1: f32 = 0.1;
const REST2: f32 = 0.001;

@group(0) @binding(0) var<storage, read_write> state: array<f32>;
@group(0) @binding(1) var<storage, read> good: array<f32>;
@group(0) @binding(2) var<storage, read> overflow: array<f32>;

@compute @workgroup_size(1)
fn main() {
  if (overflow[0] == 1.0) {
    state[0] = max(LEAST, 0.5 * state[0]);
    state[1] = 0.0;
  }
  if (good[0] == 1.0) {
    state[1] += 1.0;
    state[2] += REST1 * (1.0 - state[2]);
    state[3] += REST2 * (1.0 - state[3]);
    if (state[1] >= GROWTH) {
      state[0] = min(MOST, 2.0 * state[0]);
      state[1] = 0.0;
    }
  }
}

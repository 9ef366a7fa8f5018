// y[i] = r0 + … + r7 after 4·STEPS rounds of r ← r·a + b on eight vec4 registers: what the multipliers give at most. A thread per i.
const STEPS: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let a = x[0];
  let b = x[1];
  var r0 = vec4f(f32(gid.x));
  var r1 = r0 + 1.0;
  var r2 = r0 + 2.0;
  var r3 = r0 + 3.0;
  var r4 = r0 + 4.0;
  var r5 = r0 + 5.0;
  var r6 = r0 + 6.0;
  var r7 = r0 + 7.0;
  for (var s = 0u; s < STEPS; s++) {
    r0 = r0 * a + b; r1 = r1 * a + b; r2 = r2 * a + b; r3 = r3 * a + b;
    r4 = r4 * a + b; r5 = r5 * a + b; r6 = r6 * a + b; r7 = r7 * a + b;
    r0 = r0 * a + b; r1 = r1 * a + b; r2 = r2 * a + b; r3 = r3 * a + b;
    r4 = r4 * a + b; r5 = r5 * a + b; r6 = r6 * a + b; r7 = r7 * a + b;
    r0 = r0 * a + b; r1 = r1 * a + b; r2 = r2 * a + b; r3 = r3 * a + b;
    r4 = r4 * a + b; r5 = r5 * a + b; r6 = r6 * a + b; r7 = r7 * a + b;
    r0 = r0 * a + b; r1 = r1 * a + b; r2 = r2 * a + b; r3 = r3 * a + b;
    r4 = r4 * a + b; r5 = r5 * a + b; r6 = r6 * a + b; r7 = r7 * a + b;
  }
  y[gid.x] = dot(((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7)), vec4f(1.0));
}

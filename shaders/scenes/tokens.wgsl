// y[s, 0, t] = instance that covers most of token t, the first among equals; y[s, 1, t] = 1 where it covers three quarters; one thread per token
//#include lib/index.wgsl
const SCENES: u32 = 1u;
const SIDE: u32 = 8u;
// Pixels a side of a token.
const PATCH: u32 = 2u;
//#fixed
const LAYERS: u32 = 9u;

@group(0) @binding(0) var<storage, read> ids: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  let grid = SIDE / PATCH;
  let tokens = grid * grid;
  if (i >= SCENES * tokens) {
    return;
  }
  let s = i / tokens;
  let t = i % tokens;
  let corner = s * (4u + SIDE * SIDE) + 4u + t / grid * PATCH * SIDE + t % grid * PATCH;
  var counts = array<u32, LAYERS>();
  for (var v = 0u; v < PATCH; v++) {
    for (var u = 0u; u < PATCH; u++) {
      counts[u32(ids[corner + v * SIDE + u])] += 1u;
    }
  }
  var best = 0u;
  for (var k = 1u; k < LAYERS; k++) {
    best = select(best, k, counts[k] > counts[best]);
  }
  y[s * 2u * tokens + t] = f32(best);
  y[(s * 2u + 1u) * tokens + t] = select(0.0, 1.0, 4u * counts[best] >= 3u * PATCH * PATCH);
}

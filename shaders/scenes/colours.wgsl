// base of shape k = colour of the picture so far at its centre ± step; one thread per scene, shapes in painting order
// y [B, 9, 4]: ground first; a channel that would leave 0.02..0.98 takes the other sign.
//#include lib/index.wgsl
//#include scenes/layers.wgsl
const SCENES: u32 = 1u;

@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let s = linear(gid, nwg);
  if (s >= SCENES) {
    return;
  }
  var bases = array<vec3f, LAYERS>();
  for (var k = 0u; k < LAYERS; k++) {
    let l = layerAt(s, k);
    let told = vec3f(num(l), num(l + 1u), num(l + 2u));
    if (k == 0u) {
      bases[k] = told;
    } else if (k <= words[s * WORDS]) {
      let x = words[l + 30u];
      let y = words[l + 31u];
      let under = clamp(picture(s, k - 1u, x, y, &bases).xyz * light(l, x, y), vec3f(0.0), vec3f(1.0));
      let over = under + told;
      let fits = (over >= vec3f(0.02)) & (over <= vec3f(0.98));
      bases[k] = clamp(select(under - told, over, fits), vec3f(0.02), vec3f(0.98));
    }
    for (var c = 0u; c < 3u; c++) {
      y[(s * LAYERS + k) * 4u + c] = bases[k][c];
    }
    y[(s * LAYERS + k) * 4u + 3u] = 0.0;
  }
}

// y[s, 0..2, p] = colour of scene s at pixel p before the camera, 0..1; y[s, 3, p] = topmost shape that covers half of it, 0 for none
// One thread per pixel, over all shapes in painting order.
//#include lib/index.wgsl
//#include scenes/layers.wgsl
const SCENES: u32 = 1u;

@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read> colours: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  let plane = SIDE * SIDE;
  if (i >= SCENES * plane) {
    return;
  }
  let s = i / plane;
  let p = i % plane;
  var bases = array<vec3f, LAYERS>();
  for (var k = 0u; k < LAYERS; k++) {
    let at = (s * LAYERS + k) * 4u;
    bases[k] = vec3f(colours[at], colours[at + 1u], colours[at + 2u]);
  }
  let v = picture(s, words[s * WORDS], p % SIDE, p / SIDE, &bases);
  for (var c = 0u; c < 4u; c++) {
    y[(s * 4u + c) * plane + p] = v[c];
  }
}

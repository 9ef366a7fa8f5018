// picture = ground, then for each shape its shadow and its surface over it, in 0..1; one pixel (x, y) of scene s a call
// The words of a scene (src/ops/scenes.ts says which): head, layers of which 0 is the ground, edges. The kernel declares `words`.
//#include lib/math.wgsl
//#include scenes/noise.wgsl
//#include scenes/outline.wgsl
const SIDE: u32 = 8u;
const WORDS: u32 = 2912u;
const HEAD: u32 = 64u;
const LAYER: u32 = 32u;
//#fixed
const LAYERS: u32 = 9u;

fn layerAt(s: u32, k: u32) -> u32 {
  return s * WORDS + HEAD + k * LAYER;
}

// What a surface adds along its tint: gradient, noise, stripes, speckle.
fn texture(s: u32, l: u32, x: u32, y: u32) -> f32 {
  var t = num(l + 6u) * (f32(x) - num(l + 8u)) + num(l + 7u) * (f32(y) - num(l + 9u));
  var shifted = vec2u(x + words[l + 17u], y + words[l + 18u]);
  shifted = select(shifted, shifted - SIDE, shifted >= vec2u(SIDE));
  if (num(l + 10u) != 0.0) {
    t += num(l + 10u) * field(s * WORDS + 2u, shifted);
  }
  if (num(l + 11u) != 0.0) {
    t += num(l + 11u) * field(s * WORDS + 7u, shifted);
  }
  if (num(l + 12u) != 0.0) {
    let phase = i32(floor(num(l + 14u) * f32(x) + num(l + 15u) * f32(y))) & 255;
    let edged = select(-0.7, 0.7, phase > 0 && phase < 128);
    t += num(l + 12u) * select(sin_acc(f32(phase) * 0.02454369260617026), edged, words[l + 16u] != 0u);
  }
  let speckle = num(l + 13u);
  return t + speckle * signed1(hash32(words[l + 19u] + (y * SIDE + x) * 0x9e3779b1u));
}

fn tint(l: u32) -> vec3f {
  return vec3f(num(l + 3u), num(l + 4u), num(l + 5u));
}

// What light a shape's shadow leaves.
fn light(l: u32, x: u32, y: u32) -> f32 {
  return 1.0 - num(l + 22u) * shaded(l, i32(x), i32(y));
}

// Colour after the first `count` shapes, whose bases are known, and the topmost of them that covers half of the pixel.
// What lies below a shape that covers all of it is not looked at: surfaces cost the most.
fn picture(s: u32, count: u32, x: u32, y: u32, bases: ptr<function, array<vec3f, LAYERS>>) -> vec4f {
  var parts = array<i32, LAYERS>();
  var lights = array<f32, LAYERS>();
  var lowest = 0u;
  var top = 0u;
  var id = 0u;
  for (var k = count; k > 0u; k--) {
    let l = layerAt(s, k);
    parts[k] = covered(l, i32(x), i32(y));
    top = select(top, k, top == 0u && parts[k] > 0);
    id = select(id, k, id == 0u && parts[k] >= 32);
    if (parts[k] == 64) {
      lowest = k;
      break;
    }
    lights[k] = light(l, x, y);
  }
  parts[lowest] = 64;
  var rgb = vec3f(0.0);
  for (var k = lowest; k <= top; k++) {
    let l = layerAt(s, k);
    let over = (*bases)[k] + texture(s, l, x, y) * tint(l);
    rgb = mix(rgb * lights[k], over, f32(parts[k]) / 64.0);
  }
  for (var k = top + 1u; k <= count; k++) {
    rgb *= lights[k];
  }
  return vec4f(rgb, f32(id));
}

// value(p) = (image(p) − black) / (white − black), linear between voxels; what a volume is made of, for the fragments of volume.wgsl.

struct Rays {
  /** Position of pixel (0, 0) at depth 0, and its change by a pixel to the right, one downwards, one mm away. */
  start: vec4f,
  right: vec4f,
  down: vec4f,
  away: vec4f,
  /** The box that is seen. */
  low: vec4f,
  high: vec4f,
  /** Rows of the inverse affine: from gradients by voxels to gradients by mm. */
  inverse: array<vec4f, 3>,
  /** Direction to the light, in mm. */
  light: vec4f,
  /** Black as a part of the image's range, 1 / (white − black), opacity per mm, mm between samples. */
  look: vec4f,
  /** x: 0 shaded, 1 maximum, 2 masks alone; y: channels; z: 1 some mask is seen. */
  how: vec4u,
  /** Of each id's surface; 0: not seen. */
  opacity: array<vec4f, 64>,
}

@group(0) @binding(0) var<uniform> rays: Rays;
@group(0) @binding(1) var image: texture_3d<u32>;
@group(0) @binding(2) var labels: texture_3d<u32>;
@group(0) @binding(3) var<uniform> colours: array<vec4f, 256>;

/** Linear between voxels: 0 nothing, 1 values, 2 values and gradients. */
override LINEAR: u32 = 0u;

fn held(v: vec3i) -> vec3i {
  return clamp(v, vec3i(0), vec3i(textureDimensions(labels)) - 1);
}

/** The image at a voxel, 0..1 of its range; of colours the mean. */
fn stored(voxel: vec3i) -> f32 {
  let v = held(voxel);
  let layer = vec3i(v.xy, v.z * i32(rays.how.y));
  var sum = textureLoad(image, layer, 0).r;
  for (var c = 1; c < i32(rays.how.y); c++) {
    sum += textureLoad(image, layer + vec3i(0, 0, c), 0).r;
  }
  return f32(sum) / (65535.0 * f32(rays.how.y));
}

/** The image at p through the window, not held to 0..1: of the voxel there. */
fn nearest(p: vec3f) -> f32 {
  return (stored(vec3i(floor(p))) - rays.look.x) * rays.look.y;
}

/** The same, linear between voxels. */
fn linear(p: vec3f) -> f32 {
  let q = p - 0.5;
  let a = vec3i(floor(q));
  let f = q - floor(q);
  let near = mix(mix(stored(a), stored(a + vec3i(1, 0, 0)), f.x),
    mix(stored(a + vec3i(0, 1, 0)), stored(a + vec3i(1, 1, 0)), f.x), f.y);
  let far = mix(mix(stored(a + vec3i(0, 0, 1)), stored(a + vec3i(1, 0, 1)), f.x),
    mix(stored(a + vec3i(0, 1, 1)), stored(a + vec3i(1, 1, 1)), f.x), f.y);
  return (mix(near, far, f.z) - rays.look.x) * rays.look.y;
}

fn value(p: vec3f) -> f32 {
  if (LINEAR > 0u) {
    return linear(p);
  }
  return nearest(p);
}

/** Difference across two voxels along d. */
fn slope(p: vec3f, d: vec3f) -> f32 {
  if (LINEAR > 1u) {
    return linear(p + d) - linear(p - d);
  }
  return nearest(p + d) - nearest(p - d);
}

/** The id whose mask is seen at a voxel; 0: none. */
fn seen(voxel: vec3i) -> u32 {
  let id = textureLoad(labels, held(voxel), 0).r;
  return select(0u, id, rays.opacity[id / 4u][id % 4u] > 0.0);
}

/** How far p lies in the mask of id, 0..1. */
fn inside(p: vec3f, id: u32) -> f32 {
  let q = p - 0.5;
  let a = vec3i(floor(q));
  let f = q - floor(q);
  var sum = 0.0;
  for (var i = 0u; i < 8u; i++) {
    let at = vec3i(vec3u(i & 1u, (i >> 1u) & 1u, i >> 2u));
    let weight = mix(1.0 - f, f, vec3f(at));
    sum += select(0.0, weight.x * weight.y * weight.z, seen(a + at) == id);
  }
  return sum;
}

/** From a gradient by voxels to one by mm. */
fn inMm(g: vec3f) -> vec3f {
  return g.x * rays.inverse[0].xyz + g.y * rays.inverse[1].xyz + g.z * rays.inverse[2].xyz;
}

/** Light on a surface with this gradient; `strength` 0: no surface, all light. */
fn lit(gradient: vec3f, strength: f32, twoSided: bool) -> vec2f {
  let n = -inMm(gradient) / max(length(inMm(gradient)), 1e-9);
  let facing = dot(n, rays.light.xyz);
  let l = select(max(facing, 0.0), abs(facing), twoSided);
  return mix(vec2f(1.0, 0.0), vec2f(0.35 + 0.85 * l, 0.22 * pow(l, 24.0)), strength);
}

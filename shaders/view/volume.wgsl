// colour(pixel) = Σ front to back along its ray: image by window and gradient shading, or its maximum, and surfaces of masks; one fragment per ray.
// Positions are in voxels of the case's grid, (0, 0, 0) the outer corner of the first; depth t is in mm away from the viewer.

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
  /** x: 0 shaded, 1 maximum, 2 masks alone; y: channels; z: 1 linear between voxels, 2 gradients too; w: 1 some mask is seen. */
  how: vec4u,
  /** Of each id's surface; 0: not seen. */
  opacity: array<vec4f, 64>,
}

@group(0) @binding(0) var<uniform> rays: Rays;
@group(0) @binding(1) var image: texture_3d<u32>;
@group(0) @binding(2) var labels: texture_3d<u32>;
@group(0) @binding(3) var<uniform> colours: array<vec4f, 256>;

/** What is in front counts as opaque from here on. */
const FULL = 0.97;
/** Part of a mask that is seen through an opaque image. */
const SHINE = 0.55;

@vertex
fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn held(v: vec3i) -> vec3i {
  return clamp(v, vec3i(0), vec3i(textureDimensions(labels)) - 1);
}

/** The image at a voxel, 0..1 of its range; of colours the mean. */
fn stored(voxel: vec3i) -> f32 {
  let v = held(voxel);
  if (rays.how.y == 1u) {
    return f32(textureLoad(image, v, 0).r) / 65535.0;
  }
  let z = vec3i(v.xy, 3 * v.z);
  let up = vec3i(0, 0, 1);
  return f32(textureLoad(image, z, 0).r + textureLoad(image, z + up, 0).r + textureLoad(image, z + 2 * up, 0).r) / 196605.0;
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
  let v = nearest(p);
  // So far below black that even a white neighbour leaves nothing.
  if (rays.how.z == 0u || (rays.how.x == 0u && v < -1.0)) {
    return v;
  }
  return linear(p);
}

/** Difference across two voxels along d. */
fn slope(p: vec3f, d: vec3f) -> f32 {
  if (rays.how.z == 2u) {
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

/** The image's colour and opacity over one step at p, opacity in the colour. */
fn tissue(p: vec3f) -> vec4f {
  let v = clamp(value(p), 0.0, 1.0);
  let dense = v * v * (3.0 - 2.0 * v);
  if (dense < 0.002) {
    return vec4f(0.0);
  }
  let a = 1.0 - exp(-rays.look.z * dense * rays.look.w);
  let g = vec3f(slope(p, vec3f(1.0, 0.0, 0.0)), slope(p, vec3f(0.0, 1.0, 0.0)), slope(p, vec3f(0.0, 0.0, 1.0)));
  let light = lit(g, smoothstep(0.05, 0.5, length(g)), true);
  return vec4f(vec3f(min(v * light.x + light.y * v, 1.0)) * a, a);
}

/** The surface of a mask that is entered between depths t0 and t1: its colour, lit. */
fn surface(origin: vec3f, t0: f32, t1: f32, id: u32) -> vec3f {
  var outer = t0;
  var inner = t1;
  for (var i = 0; i < 4; i++) {
    let middle = 0.5 * (outer + inner);
    let hit = seen(vec3i(floor(origin + middle * rays.away.xyz))) == id;
    inner = select(inner, middle, hit);
    outer = select(middle, outer, hit);
  }
  let p = origin + inner * rays.away.xyz;
  let reach = 1.5;
  let g = vec3f(
    inside(p + vec3f(reach, 0.0, 0.0), id) - inside(p - vec3f(reach, 0.0, 0.0), id),
    inside(p + vec3f(0.0, reach, 0.0), id) - inside(p - vec3f(0.0, reach, 0.0), id),
    inside(p + vec3f(0.0, 0.0, reach), id) - inside(p - vec3f(0.0, 0.0, reach), id));
  let light = lit(g, select(0.0, 1.0, length(g) > 0.1), false);
  return min(colours[id].rgb * light.x + light.y, vec3f(1.0));
}

/** Depths at which the ray enters and leaves the box; the second is the smaller one where it misses. */
fn crossing(origin: vec3f) -> vec2f {
  // A ray along a face must neither divide by 0 nor miss.
  let d = select(rays.away.xyz, vec3f(1e-9), abs(rays.away.xyz) < vec3f(1e-9));
  let a = (rays.low.xyz - origin) / d;
  let b = (rays.high.xyz - origin) / d;
  let enter = min(a, b);
  let leave = max(a, b);
  return vec2f(max(enter.x, max(enter.y, enter.z)), min(leave.x, min(leave.y, leave.z)));
}

@fragment
fn shade(@builtin(position) at: vec4f) -> @location(0) vec4f {
  let origin = rays.start.xyz + at.x * rays.right.xyz + at.y * rays.down.xyz;
  let span = crossing(origin);
  let mode = rays.how.x;
  let step = rays.look.w;
  // Neighbours begin at other depths (interleaved gradient noise): else steps are seen as rings.
  let noise = fract(52.9829189 * fract(dot(floor(at.xy), vec2f(0.06711056, 0.00583715))));
  var t = span.x + min(step * select(0.5, noise, mode == 0u), 0.5 * (span.y - span.x));
  var body = vec4f(0.0);
  var masks = vec4f(0.0);
  var most = 0.0;
  var last = 0u;
  for (; t < span.y; t += step) {
    let p = origin + t * rays.away.xyz;
    if (rays.how.w == 1u) {
      let id = seen(vec3i(floor(p)));
      if (id != last && id != 0u) {
        let hidden = select(body.a, 1.0, mode == 1u);
        let a = (1.0 - masks.a) * rays.opacity[id / 4u][id % 4u] * mix(1.0, SHINE, hidden);
        masks += a * vec4f(surface(origin, max(t - step, span.x), t, id), 1.0);
      }
      last = id;
    }
    if (mode == 0u && body.a < FULL) {
      body += (1.0 - body.a) * tissue(p);
    } else if (mode == 1u) {
      most = max(most, value(p));
    }
    let open = select(1.0 - body.a, 1.0 - masks.a, mode == 2u || (mode == 0u && rays.how.w == 1u));
    if ((mode == 1u && most >= 1.0 && rays.how.w == 0u) || (mode != 1u && open < 1.0 - FULL)) {
      break;
    }
  }
  body = select(body, vec4f(min(most, 1.0)), mode == 1u);
  return masks + (1.0 - masks.a) * body;
}

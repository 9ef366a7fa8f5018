// colour(pixel) = Σ front to back along its ray: image by window and gradient shading, or its maximum, and surfaces of masks; one fragment per ray.
// Software adapters compute both sides of every `if` and the first round of every loop: what is dear stands outside of those that only look.
// Positions are in voxels of the case's grid, (0, 0, 0) the outer corner of the first; depth t is in mm away from the viewer.

/** What is in front counts as opaque from here on. */
const FULL = 0.97;
/** Part of a mask that is seen through an opaque image. */
const SHINE = 0.55;

@vertex
fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

/** The image's colour and opacity over one step at p, opacity in the colour. */
fn tissue(p: vec3f) -> vec4f {
  let v = clamp(value(p), 0.0, 1.0);
  let a = 1.0 - exp(-rays.look.z * v * v * (3.0 - 2.0 * v) * rays.look.w);
  let g = vec3f(slope(p, vec3f(1.0, 0.0, 0.0)), slope(p, vec3f(0.0, 1.0, 0.0)), slope(p, vec3f(0.0, 0.0, 1.0)));
  let light = lit(g, smoothstep(0.05, 0.5, length(g)), true);
  return a * vec4f(vec3f(min(v * light.x + light.y * v, 1.0)), 1.0);
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
  let x = vec3f(1.5, 0.0, 0.0);
  let g = vec3f(inside(p + x, id) - inside(p - x, id), inside(p + x.yxz, id) - inside(p - x.yxz, id),
    inside(p + x.yzx, id) - inside(p - x.yzx, id));
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

/** The masks' surfaces along a ray, the first ones over the others; and the depth of the first. */
struct Masks {
  colour: vec4f,
  depth: f32,
}

fn masksAlong(origin: vec3f, begin: f32, end: f32) -> Masks {
  var found = Masks(vec4f(0.0), end);
  var last = 0u;
  var t = begin;
  while (t < end && found.colour.a < FULL) {
    var id = 0u;
    for (; t < end; t += rays.look.w) {
      id = seen(vec3i(floor(origin + t * rays.away.xyz)));
      if (id != last && id != 0u) {
        break;
      }
      last = id;
    }
    if (t < end) {
      let a = (1.0 - found.colour.a) * rays.opacity[id / 4u][id % 4u];
      found.colour += a * vec4f(surface(origin, max(t - rays.look.w, begin), t, id), 1.0);
      found.depth = min(found.depth, t);
    }
    last = id;
    t += rays.look.w;
  }
  return found;
}

/** The image along a ray, front to back; and its opacity before `depth`. */
struct Body {
  colour: vec4f,
  before: f32,
}

fn bodyAlong(origin: vec3f, begin: f32, end: f32, depth: f32) -> Body {
  var body = Body(vec4f(0.0), 0.0);
  var t = begin;
  while (t < end && body.colour.a < FULL) {
    // So far below black that even a white neighbour leaves nothing; black itself without one.
    let clear = select(0.002, -1.0, LINEAR > 0u);
    while (t < end && nearest(origin + t * rays.away.xyz) < clear) {
      t += rays.look.w;
    }
    if (t < end) {
      body.colour += (1.0 - body.colour.a) * tissue(origin + t * rays.away.xyz);
    }
    t += rays.look.w;
    body.before = select(body.before, body.colour.a, t < depth);
  }
  return body;
}

fn mostAlong(origin: vec3f, begin: f32, end: f32) -> f32 {
  var most = 0.0;
  for (var t = begin; t < end && most < 1.0; t += rays.look.w) {
    most = max(most, value(origin + t * rays.away.xyz));
  }
  return most;
}

@fragment
fn shade(@builtin(position) at: vec4f) -> @location(0) vec4f {
  let origin = rays.start.xyz + at.x * rays.right.xyz + at.y * rays.down.xyz;
  let span = crossing(origin);
  let mode = rays.how.x;
  // Neighbours begin at other depths (interleaved gradient noise): else steps are seen as rings.
  let noise = fract(52.9829189 * fract(dot(floor(at.xy), vec2f(0.06711056, 0.00583715))));
  let begin = span.x + min(rays.look.w * select(0.5, noise, mode == 0u), 0.5 * (span.y - span.x));
  // What is not wanted has no length.
  var masks = masksAlong(origin, begin, select(begin, span.y, rays.how.z == 1u));
  var body = bodyAlong(origin, begin, select(begin, span.y, mode == 0u), masks.depth);
  let most = mostAlong(origin, begin, select(begin, span.y, mode == 1u));
  if (mode == 1u) {
    body = Body(vec4f(most), 1.0);
  }
  masks.colour *= mix(1.0, SHINE, body.before);
  return masks.colour + (1.0 - masks.colour.a) * body.colour;
}

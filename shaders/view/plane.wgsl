// colour(p) = proposal over labels over window(image(p)), p = (fragment − offset) / scale; one fragment per device pixel.
// Image and labels are 3-D textures of the whole case; a slice of any plane is a start voxel and two steps through them.

struct Plane {
  /** Voxel under column 0, row 0; w: channels of the image. */
  start: vec4i,
  /** Voxels to the next column and to the next row. */
  stepX: vec4i,
  stepY: vec4i,
  /** Columns, rows; z: 1 linear between pixels; w: 1 labels are shown. */
  size: vec4i,
  /** Device pixels: of the image's corner, of one pixel. */
  view: vec4f,
  /** Black and white as parts of the image's range; opacity of colours; width of outlines in device pixels (0: none). */
  look: vec4f,
  /** Colour of the proposal and its strength; 0: none. */
  proposal: vec4f,
  /** First element of the proposal's mask. */
  mask: vec4u,
}

@group(0) @binding(0) var<uniform> plane: Plane;
@group(0) @binding(1) var image: texture_3d<u32>;
@group(0) @binding(2) var labels: texture_3d<u32>;
/** Colours of labels; alpha 0: hidden. */
@group(0) @binding(3) var<uniform> colours: array<vec4f, 256>;
/** Logits of the proposal, rows × columns. */
@group(0) @binding(4) var<storage, read> logits: array<f32>;

@vertex
fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

fn held(pixel: vec2i) -> vec2i {
  return clamp(pixel, vec2i(0), plane.size.xy - 1);
}

fn voxel(pixel: vec2i) -> vec3i {
  return plane.start.xyz + pixel.x * plane.stepX.xyz + pixel.y * plane.stepY.xyz;
}

/** The image at a pixel, 0..1 of its range. */
fn stored(pixel: vec2i) -> vec3f {
  let v = voxel(held(pixel));
  if (plane.start.w == 1) {
    return vec3f(f32(textureLoad(image, v, 0).r) / 65535.0);
  }
  let z = 3 * v.z;
  return vec3f(
    f32(textureLoad(image, vec3i(v.xy, z), 0).r),
    f32(textureLoad(image, vec3i(v.xy, z + 1), 0).r),
    f32(textureLoad(image, vec3i(v.xy, z + 2), 0).r),
  ) / 65535.0;
}

fn sampled(p: vec2f) -> vec3f {
  if (plane.size.z == 0) {
    return stored(vec2i(floor(p)));
  }
  let q = p - 0.5;
  let at = vec2i(floor(q));
  let f = q - floor(q);
  let upper = mix(stored(at), stored(at + vec2i(1, 0)), f.x);
  let lower = mix(stored(at + vec2i(0, 1)), stored(at + vec2i(1, 1)), f.x);
  return mix(upper, lower, f.y);
}

/** Mean over the part of the image that one device pixel covers, by up to 4 × 4 samples. */
fn covered(p: vec2f) -> vec3f {
  let reach = 1.0 / plane.view.zw;
  let taps = vec2i(clamp(ceil(reach), vec2f(1.0), vec2f(4.0)));
  var sum = vec3f(0.0);
  for (var y = 0; y < taps.y; y++) {
    for (var x = 0; x < taps.x; x++) {
      let part = (vec2f(f32(x), f32(y)) + 0.5) / vec2f(taps) - 0.5;
      sum += sampled(p + part * reach);
    }
  }
  return sum / f32(taps.x * taps.y);
}

/** The label that is seen at p; 0 beyond the image. */
fn label(p: vec2f) -> u32 {
  let pixel = vec2i(floor(p));
  if (any(pixel < vec2i(0)) || any(pixel >= plane.size.xy)) {
    return 0u;
  }
  let id = textureLoad(labels, voxel(pixel), 0).r;
  return select(0u, id, colours[id].a > 0.0);
}

fn logit(pixel: vec2i) -> f32 {
  let p = held(pixel);
  return logits[plane.mask.x + u32(p.y * plane.size.x + p.x)];
}

/** Whether p lies in the proposal: where the logit, linear between pixels, is above 0. */
fn proposed(p: vec2f) -> bool {
  if (any(p < vec2f(0.0)) || any(p >= vec2f(plane.size.xy))) {
    return false;
  }
  let q = p - 0.5;
  let at = vec2i(floor(q));
  let f = q - floor(q);
  let upper = mix(logit(at), logit(at + vec2i(1, 0)), f.x);
  let lower = mix(logit(at + vec2i(0, 1)), logit(at + vec2i(1, 1)), f.x);
  return mix(upper, lower, f.y) > 0.0;
}

/** Whether p ± r (device pixels) is both in and out of the proposal. */
fn onBorder(p: vec2f, r: f32) -> bool {
  let d = r / plane.view.zw;
  let here = proposed(p);
  return here != proposed(p + vec2f(d.x, 0.0)) || here != proposed(p - vec2f(d.x, 0.0))
    || here != proposed(p + vec2f(0.0, d.y)) || here != proposed(p - vec2f(0.0, d.y));
}

fn withLabels(under: vec3f, p: vec2f) -> vec3f {
  if (plane.size.w == 0) {
    return under;
  }
  let id = label(p);
  var colour = under;
  if (id > 0u) {
    colour = mix(under, colours[id].rgb, plane.look.z);
  }
  if (plane.look.w > 0.0) {
    let d = plane.look.w / plane.view.zw;
    let around = vec4u(
      label(p + vec2f(d.x, 0.0)), label(p - vec2f(d.x, 0.0)), label(p + vec2f(0.0, d.y)), label(p - vec2f(0.0, d.y)));
    // On the inside, of two neighbours in the one with the higher id: they share one line.
    if (id > 0u && any(around < vec4u(id))) {
      colour = colours[id].rgb;
    }
  }
  return colour;
}

fn withProposal(under: vec3f, p: vec2f) -> vec3f {
  let strength = plane.proposal.a;
  if (strength == 0.0) {
    return under;
  }
  var colour = under;
  if (proposed(p)) {
    colour = mix(under, plane.proposal.rgb, plane.look.z * strength);
  }
  if (plane.look.w > 0.0) {
    if (onBorder(p, plane.look.w)) {
      colour = mix(colour, vec3f(0.0), 0.55 * strength);
    }
    if (onBorder(p, 0.5 * plane.look.w)) {
      colour = mix(colour, plane.proposal.rgb, strength);
    }
  }
  return colour;
}

@fragment
fn shade(@builtin(position) at: vec4f) -> @location(0) vec4f {
  let p = (at.xy - plane.view.xy) / plane.view.zw;
  if (any(p < vec2f(0.0)) || any(p >= vec2f(plane.size.xy))) {
    return vec4f(0.0);
  }
  let low = plane.look.x;
  let width = max(plane.look.y - low, 1e-6);
  let grey = clamp((covered(p) - low) / width, vec3f(0.0), vec3f(1.0));
  return vec4f(withProposal(withLabels(grey, p), p), 1.0);
}

// y[r, o] = x[r] read bilinearly at the place that row r's affine map sends o to, OUTSIDE beyond the image; one thread per element
// x [R, S, S] is a map of the input with SCALE pixels an element; `how` as in image/augment.wgsl, in pixels of the input.
//#include lib/index.wgsl
const ROWS: u32 = 1u;
const SIDE: u32 = 8u;
const SCALE: f32 = 4.0;
const OUTSIDE: f32 = 0.0;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> how: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  let plane = SIDE * SIDE;
  if (i >= ROWS * plane) {
    return;
  }
  let row = i / plane;
  let o = i % plane;
  let h = row * 12u;
  let at = (vec2f(f32(o % SIDE), f32(o / SIDE)) + 0.5) * SCALE - 0.5;
  let s = vec2f(
    how[h] * at.x + how[h + 1u] * at.y + how[h + 2u],
    how[h + 3u] * at.x + how[h + 4u] * at.y + how[h + 5u],
  );
  let last = vec2f(how[h + 7u] - 1.0, how[h + 6u] - 1.0);
  if (any(s < vec2f(-0.5)) || any(s > last + 0.5)) {
    y[i] = OUTSIDE;
    return;
  }
  let p = clamp((s + 0.5) / SCALE - 0.5, vec2f(0.0), vec2f(f32(SIDE - 1u)));
  let low = floor(p);
  let f = p - low;
  let a = vec2u(low);
  let b = vec2u(min(low + 1.0, vec2f(f32(SIDE - 1u))));
  let base = row * plane;
  let top = mix(x[base + a.y * SIDE + a.x], x[base + a.y * SIDE + b.x], f.x);
  let bottom = mix(x[base + b.y * SIDE + a.x], x[base + b.y * SIDE + b.x], f.x);
  y[i] = mix(top, bottom, f.y);
}

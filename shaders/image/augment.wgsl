// y[r, :, o] = image and target of row r at the place that an affine map sends o to, image then changed in contrast, brightness and noise
// One thread per output pixel. SHARED rows have one image, which only the first of them computes. Image [R / SHARED, 3, S, S] is read bilinearly and kept within 0..255, target [R, 1, S, S] at the nearest pixel;
// y [R, 4, S, S] holds both. Where there is no image, before or after, stand its mean and −1.
// how [R, 12]: source x = h0·x + h1·y + h2, source y = h3·x + h4·y + h5, rows h6 and columns h7 of the image, contrast h8, brightness h9,
// standard deviation of the noise h10.
//#include lib/index.wgsl
//#include lib/random.wgsl
const ROWS: u32 = 1u;
const SHARED: u32 = 1u;
const SIDE: u32 = 8u;
const MEAN0: f32 = 0.0;
const MEAN1: f32 = 0.0;
const MEAN2: f32 = 0.0;

@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read> target_: array<f32>;
@group(0) @binding(2) var<storage, read> how: array<f32>;
@group(0) @binding(3) var<storage, read> keys: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

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
  let at = vec2f(f32(o % SIDE), f32(o / SIDE));
  let last = vec2f(how[h + 7u] - 1.0, how[h + 6u] - 1.0);
  let s = vec2f(
    how[h] * at.x + how[h + 1u] * at.y + how[h + 2u],
    how[h + 3u] * at.x + how[h + 4u] * at.y + how[h + 5u],
  );
  let mean = array<f32, 3>(MEAN0, MEAN1, MEAN2);
  let out = row * 4u * plane + o;
  if (any(at > last) || any(s < vec2f(-0.5)) || any(s > last + 0.5)) {
    for (var c = 0u; c < 3u; c++) {
      y[out + c * plane] = mean[c];
    }
    y[out + 3u * plane] = -1.0;
    return;
  }
  let p = clamp(s, vec2f(0.0), last);
  let low = floor(p);
  let f = p - low;
  let a = vec2u(low);
  let b = vec2u(min(low + 1.0, last));
  let channels = select(0u, 3u, row % SHARED == 0u);
  for (var c = 0u; c < channels; c++) {
    let base = (row / SHARED * 3u + c) * plane;
    let top = mix(image[base + a.y * SIDE + a.x], image[base + a.y * SIDE + b.x], f.x);
    let bottom = mix(image[base + b.y * SIDE + a.x], image[base + b.y * SIDE + b.x], f.x);
    var v = (mix(top, bottom, f.y) - 127.5) * how[h + 8u] + 127.5 + how[h + 9u];
    if (how[h + 10u] > 0.0) {
      v += how[h + 10u] * normal(keys[row], o * 3u + c);
    }
    y[out + c * plane] = clamp(v, 0.0, 255.0);
  }
  let q = vec2u(floor(p + 0.5));
  y[out + 3u * plane] = target_[row * plane + q.y * SIDE + q.x];
}

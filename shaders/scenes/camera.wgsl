// y[s, c, p] = level 0..255 of the picture blurred along its columns, lit from one side, changed in contrast and level, with sensor noise
// One thread per value; whole numbers, as 8-bit pictures have. Grey scenes have one noise for all channels.
//#include lib/index.wgsl
//#include lib/hash32.wgsl
const SCENES: u32 = 1u;
const SIDE: u32 = 8u;
const WORDS: u32 = 2912u;

@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  let plane = SIDE * SIDE;
  if (i >= SCENES * 3u * plane) {
    return;
  }
  let s = i / (3u * plane);
  let c = i / plane % 3u;
  let p = i % plane;
  let v = p / SIDE;
  let column = i - v * SIDE;
  let head = s * WORDS;
  var sum = bitcast<f32>(words[head + 24u]) * rows[i];
  for (var d = 1u; d < words[head + 23u]; d++) {
    let pair = rows[column + (max(v, d) - d) * SIDE] + rows[column + min(v + d, SIDE - 1u) * SIDE];
    sum += bitcast<f32>(words[head + 24u + d]) * pair;
  }
  let half = 0.5 * f32(SIDE);
  let shine = 1.0 + bitcast<f32>(words[head + 12u]) * (f32(p % SIDE) - half) + bitcast<f32>(words[head + 13u]) * (f32(v) - half);
  let h = hash32(words[head + 17u] + (3u * p + select(c, 0u, words[head + 1u] != 0u)) * 0x9e3779b1u);
  let bytes = (h & 255u) + ((h >> 8u) & 255u) + ((h >> 16u) & 255u) + (h >> 24u);
  let noise = bitcast<f32>(words[head + 16u]) * (f32(bytes) - 510.0);
  let level = (sum * shine - 0.5) * 255.0 * bitcast<f32>(words[head + 14u]) + bitcast<f32>(words[head + 15u]) + noise;
  y[i] = floor(clamp(level + 0.5, 0.0, 255.0));
}

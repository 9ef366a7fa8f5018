// y[s, c, p] = Σ_d w[|d|]·painted[s, c, p + d] along the row, border pixels repeated; one thread per value
// The weights are the scene's own: head words 24.. , as many as word 23 says (1: no blur).
//#include lib/index.wgsl
const SCENES: u32 = 1u;
const SIDE: u32 = 8u;
const WORDS: u32 = 2912u;

@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read> painted: array<f32>;
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
  let x = i % SIDE;
  let row = (s * 4u + c) * plane + i % plane - x;
  let head = s * WORDS + 23u;
  var sum = bitcast<f32>(words[head + 1u]) * painted[row + x];
  for (var d = 1u; d < words[head]; d++) {
    let pair = painted[row + max(x, d) - d] + painted[row + min(x + d, SIDE - 1u)];
    sum += bitcast<f32>(words[head + 1u + d]) * pair;
  }
  y[i] = sum;
}

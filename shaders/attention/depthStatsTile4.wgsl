// stats[row] = (log Σ_j exp s_ij, Σ_j p_ij · do_i·v_j) of s_ij = SCALE · q_i·k_j, p = softmax_j(s); one thread per four queries of (b, n, h), four keys at a time with a running maximum
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
//#include attention/depthTile.wgsl
const SCALE: f32 = 1.0;
const TILES: u32 = 1u;

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> stats: array<vec2f>;

fn load4(at: vec4u, c: u32) -> mat4x4f {
  return mat4x4f(qkv[at.x + c], qkv[at.y + c], qkv[at.z + c], qkv[at.w + c]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let id = linear(gid, nwg);
  if (id >= ROWS / D * TILES) { return; }
  let seq = id / TILES;
  let first = id % TILES * 4u;
  let base = qkvBase(seq);
  let q = four(base, first, qkvStep());
  let g = four(outBase(seq), first, outStep());
  var top = vec4f(LOWEST);
  var sum = vec4f(0.0);
  var weighted = vec4f(0.0);
  for (var j = 0u; j < D; j += 4u) {
    let k = four(base + partStep(), j, qkvStep());
    var s0 = vec4f(0.0);
    var s1 = vec4f(0.0);
    var s2 = vec4f(0.0);
    var s3 = vec4f(0.0);
    var w0 = vec4f(0.0);
    var w1 = vec4f(0.0);
    var w2 = vec4f(0.0);
    var w3 = vec4f(0.0);
    for (var c = 0u; c < C; c++) {
      let keys = load4(k.at, c);
      s0 += qkv[q.at.x + c] * keys;
      s1 += qkv[q.at.y + c] * keys;
      s2 += qkv[q.at.z + c] * keys;
      s3 += qkv[q.at.w + c] * keys;
      let values = load4(k.at + partStep(), c);
      w0 += dy[g.at.x + c] * values;
      w1 += dy[g.at.y + c] * values;
      w2 += dy[g.at.z + c] * values;
      w3 += dy[g.at.w + c] * values;
    }
    s0 = select(vec4f(LOWEST), s0 * SCALE, k.there);
    s1 = select(vec4f(LOWEST), s1 * SCALE, k.there);
    s2 = select(vec4f(LOWEST), s2 * SCALE, k.there);
    s3 = select(vec4f(LOWEST), s3 * SCALE, k.there);
    let highest = max(top, vec4f(most(s0), most(s1), most(s2), most(s3)));
    let keep = exp(top - highest);
    top = highest;
    s0 = exp(s0 - top.x);
    s1 = exp(s1 - top.y);
    s2 = exp(s2 - top.z);
    s3 = exp(s3 - top.w);
    sum = sum * keep + vec4f(total(s0), total(s1), total(s2), total(s3));
    weighted = weighted * keep + vec4f(dot(s0, w0), dot(s1, w1), dot(s2, w2), dot(s3, w3));
  }
  let lse = top + log(sum);
  let delta = weighted / sum;
  let row = seq * D + first;
  stats[row] = vec2f(lse.x, delta.x);
  if (g.there.y) { stats[row + 1u] = vec2f(lse.y, delta.y); }
  if (g.there.z) { stats[row + 2u] = vec2f(lse.z, delta.z); }
  if (g.there.w) { stats[row + 3u] = vec2f(lse.w, delta.w); }
}

// o_i = Σ_j softmax_j(SCALE · q_i·k_j) · v_j over the D tokens of a volume at one position; one thread per four queries of (b, n, h), four keys at a time with a running maximum; sums wait in o, so registers grow neither with D nor with the head
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
//#include attention/depthTile.wgsl
const SCALE: f32 = 1.0;
const TILES: u32 = 1u;

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> o: array<vec4f>;

fn load4(at: vec4u, c: u32) -> mat4x4f {
  return mat4x4f(qkv[at.x + c], qkv[at.y + c], qkv[at.z + c], qkv[at.w + c]);
}

// The sum so far, scaled, and y; the first time there is no sum (and no telling what lies there).
fn add(at: u32, y: vec4f, keep: f32, begin: bool) { o[at] = select(keep * o[at], vec4f(0.0), begin) + y; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let id = linear(gid, nwg);
  if (id >= ROWS / D * TILES) { return; }
  let seq = id / TILES;
  let first = id % TILES * 4u;
  let base = qkvBase(seq);
  let q = four(base, first, qkvStep());
  let own = four(outBase(seq), first, outStep());
  var top = vec4f(LOWEST);
  var sum = vec4f(0.0);
  for (var j = 0u; j < D; j += 4u) {
    let k = four(base + partStep(), j, qkvStep());
    var s0 = vec4f(0.0);
    var s1 = vec4f(0.0);
    var s2 = vec4f(0.0);
    var s3 = vec4f(0.0);
    for (var c = 0u; c < C; c++) {
      let keys = load4(k.at, c);
      s0 += qkv[q.at.x + c] * keys;
      s1 += qkv[q.at.y + c] * keys;
      s2 += qkv[q.at.z + c] * keys;
      s3 += qkv[q.at.w + c] * keys;
    }
    s0 = select(vec4f(LOWEST), s0 * SCALE, k.there);
    s1 = select(vec4f(LOWEST), s1 * SCALE, k.there);
    s2 = select(vec4f(LOWEST), s2 * SCALE, k.there);
    s3 = select(vec4f(LOWEST), s3 * SCALE, k.there);
    let highest = max(top, vec4f(most(s0), most(s1), most(s2), most(s3)));
    var keep = exp(top - highest);
    top = highest;
    s0 = exp(s0 - top.x);
    s1 = exp(s1 - top.y);
    s2 = exp(s2 - top.z);
    s3 = exp(s3 - top.w);
    sum = sum * keep + vec4f(total(s0), total(s1), total(s2), total(s3));
    // The last four keys bring the division along.
    let scale = select(vec4f(1.0), 1.0 / sum, j + 4u >= D);
    keep *= scale;
    s0 *= scale.x;
    s1 *= scale.y;
    s2 *= scale.z;
    s3 *= scale.w;
    for (var c = 0u; c < C; c++) {
      let values = load4(k.at + partStep(), c);
      add(own.at.x + c, values * s0, keep.x, j == 0u);
      if (own.there.y) { add(own.at.y + c, values * s1, keep.y, j == 0u); }
      if (own.there.z) { add(own.at.z + c, values * s2, keep.z, j == 0u); }
      if (own.there.w) { add(own.at.w + c, values * s3, keep.w, j == 0u); }
    }
  }
}

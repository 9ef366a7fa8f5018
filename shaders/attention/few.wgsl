// o_i = Σ_j softmax_j(SCALE · q_i·k_j) · v_j of many sequences (b, g, h) with few keys; one thread per four queries, four keys at a time with a running maximum; sums wait in o, so registers grow neither with the keys nor with the head
//#include lib/index.wgsl
const SEQUENCES: u32 = 1u;
const GROUPS: u32 = 1u;
const HEADS: u32 = 1u;
const N: u32 = 4u;
const M: u32 = 4u;
const C: u32 = 4u;
const E: u32 = 4u;
const TILES: u32 = 1u;
const SCALE: f32 = 1.0;
const Q_OFF: u32 = 0u;
const Q_B: u32 = 0u;
const Q_N: u32 = 4u;
const Q_G: u32 = 0u;
const Q_H: u32 = 0u;
const Q_C: u32 = 1u;
const K_OFF: u32 = 0u;
const K_B: u32 = 0u;
const K_N: u32 = 4u;
const K_G: u32 = 0u;
const K_H: u32 = 0u;
const K_C: u32 = 1u;
const V_OFF: u32 = 0u;
const V_B: u32 = 0u;
const V_N: u32 = 4u;
const V_G: u32 = 0u;
const V_H: u32 = 0u;
const V_C: u32 = 1u;
//#fixed
const LOWEST: f32 = -3.0e38;
//#fixed
const IOTA: vec4u = vec4u(0u, 1u, 2u, 3u);

//#if VEC
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> o: array<vec4f>;

fn q4(at: u32, c: u32) -> vec4f { return q[at / 4u + c]; }
fn k4(at: u32, c: u32) -> vec4f { return k[at / 4u + c]; }
fn v4(at: u32, c: u32) -> vec4f { return v[at / 4u + c]; }
// The sum so far, scaled, and y; the first time there is no sum (and no telling what lies there).
fn add(at: u32, c: u32, y: vec4f, keep: f32, begin: bool) { o[at / 4u + c] = select(keep * o[at / 4u + c], vec4f(), begin) + y; }
//#else
@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> o: array<f32>;

// Channels beyond the width are zero.
fn q1(at: u32, c: u32) -> f32 { return select(0.0, q[at + min(c, C - 1u) * Q_C], c < C); }
fn k1(at: u32, c: u32) -> f32 { return select(0.0, k[at + min(c, C - 1u) * K_C], c < C); }
fn v1(at: u32, c: u32) -> f32 { return select(0.0, v[at + min(c, E - 1u) * V_C], c < E); }
fn q4(at: u32, c: u32) -> vec4f { return vec4f(q1(at, 4u * c), q1(at, 4u * c + 1u), q1(at, 4u * c + 2u), q1(at, 4u * c + 3u)); }
fn k4(at: u32, c: u32) -> vec4f { return vec4f(k1(at, 4u * c), k1(at, 4u * c + 1u), k1(at, 4u * c + 2u), k1(at, 4u * c + 3u)); }
fn v4(at: u32, c: u32) -> vec4f { return vec4f(v1(at, 4u * c), v1(at, 4u * c + 1u), v1(at, 4u * c + 2u), v1(at, 4u * c + 3u)); }
fn add(at: u32, c: u32, y: vec4f, keep: f32, begin: bool) {
  for (var i = 4u * c; i < min(4u * c + 4u, E); i++) { o[at + i] = select(keep * o[at + i], 0.0, begin) + y[i - 4u * c]; }
}
//#endif

// Where tokens first … first + 3 begin, the last one repeated beyond the end.
fn rows(base: u32, first: u32, count: u32, step: u32) -> vec4u { return base + min(first + IOTA, vec4u(count - 1u)) * step; }
fn keys4(at: vec4u, c: u32) -> mat4x4f { return mat4x4f(k4(at.x, c), k4(at.y, c), k4(at.z, c), k4(at.w, c)); }
fn values4(at: vec4u, c: u32) -> mat4x4f { return mat4x4f(v4(at.x, c), v4(at.y, c), v4(at.z, c), v4(at.w, c)); }
fn most(x: vec4f) -> f32 { return max(max(x.x, x.y), max(x.z, x.w)); }
fn total(x: vec4f) -> f32 { return x.x + x.y + x.z + x.w; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let id = linear(gid, nwg);
  if (id >= SEQUENCES * TILES) { return; }
  // Threads of one sequence are neighbours: they read the same keys and values.
  let first = id % TILES * 4u;
  let h = id / TILES % HEADS;
  let g = id / (TILES * HEADS) % GROUPS;
  let b = id / (TILES * HEADS * GROUPS);
  let x = rows(Q_OFF + b * Q_B + g * Q_G + h * Q_H, first, N, Q_N);
  let own = rows((b * N * GROUPS + g) * HEADS * E + h * E, first, N, GROUPS * HEADS * E);
  let mine = first + IOTA < vec4u(N);
  var top = vec4f(LOWEST);
  var sum = vec4f();
  for (var j = 0u; j < M; j += 4u) {
    let kAt = rows(K_OFF + b * K_B + g * K_G + h * K_H, j, M, K_N);
    let vAt = rows(V_OFF + b * V_B + g * V_G + h * V_H, j, M, V_N);
    let there = j + IOTA < vec4u(M);
    var s0 = vec4f();
    var s1 = vec4f();
    var s2 = vec4f();
    var s3 = vec4f();
    for (var c = 0u; c < (C + 3u) / 4u; c++) {
      let y = keys4(kAt, c);
      s0 += q4(x.x, c) * y;
      s1 += q4(x.y, c) * y;
      s2 += q4(x.z, c) * y;
      s3 += q4(x.w, c) * y;
    }
    s0 = select(vec4f(LOWEST), s0 * SCALE, there);
    s1 = select(vec4f(LOWEST), s1 * SCALE, there);
    s2 = select(vec4f(LOWEST), s2 * SCALE, there);
    s3 = select(vec4f(LOWEST), s3 * SCALE, there);
    let highest = max(top, vec4f(most(s0), most(s1), most(s2), most(s3)));
    var keep = exp(top - highest);
    top = highest;
    s0 = exp(s0 - top.x);
    s1 = exp(s1 - top.y);
    s2 = exp(s2 - top.z);
    s3 = exp(s3 - top.w);
    sum = sum * keep + vec4f(total(s0), total(s1), total(s2), total(s3));
    // The last four keys bring the division along.
    let scale = select(vec4f(1.0), 1.0 / sum, j + 4u >= M);
    keep *= scale;
    for (var c = 0u; c < (E + 3u) / 4u; c++) {
      let y = values4(vAt, c);
      add(own.x, c, y * (s0 * scale.x), keep.x, j == 0u);
      if (mine.y) { add(own.y, c, y * (s1 * scale.y), keep.y, j == 0u); }
      if (mine.z) { add(own.z, c, y * (s2 * scale.z), keep.z, j == 0u); }
      if (mine.w) { add(own.w, c, y * (s3 * scale.w), keep.w, j == 0u); }
    }
  }
}

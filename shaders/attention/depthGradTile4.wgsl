// dq_i = Σ_j ds_ij k_j, dk_j = Σ_i ds_ij q_i, dv_j = Σ_i p_ij do_i with p_ij = exp(s_ij − lse_i), ds_ij = SCALE · p_ij (do_i·v_j − δ_i); one thread per four tokens' dq, then per four tokens' dk and dv; four others at a time; sums wait in the output
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
//#include attention/depthTile.wgsl
const SCALE: f32 = 1.0;
const TILES: u32 = 1u;

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> stats: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> dqkv: array<vec4f>;

fn load4(at: vec4u, c: u32) -> mat4x4f {
  return mat4x4f(qkv[at.x + c], qkv[at.y + c], qkv[at.z + c], qkv[at.w + c]);
}

fn loadDy4(at: vec4u, c: u32) -> mat4x4f {
  return mat4x4f(dy[at.x + c], dy[at.y + c], dy[at.z + c], dy[at.w + c]);
}

// Adds M·s to element c of each of four tokens that exist; the first time there is nothing to add to.
fn add4(to: Four, c: u32, m: mat4x4f, s: mat4x4f, begin: bool) {
  let y = m * s;
  add(to.at.x + c, y[0], begin);
  if (to.there.y) { add(to.at.y + c, y[1], begin); }
  if (to.there.z) { add(to.at.z + c, y[2], begin); }
  if (to.there.w) { add(to.at.w + c, y[3], begin); }
}

fn add(at: u32, y: vec4f, begin: bool) { dqkv[at] = select(dqkv[at], vec4f(0.0), begin) + y; }

// lse and δ of four queries.
fn stats4(seq: u32, first: u32) -> mat2x4f {
  let i = vec4u(seq * D) + min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(D - 1u));
  let a = stats[i.x];
  let b = stats[i.y];
  let c = stats[i.z];
  let d = stats[i.w];
  return mat2x4f(vec4f(a.x, b.x, c.x, d.x), vec4f(a.y, b.y, c.y, d.y));
}

// p, or 0 for tokens that do not exist; ds from it.
fn probs(s: vec4f, lse: vec4f, there: vec4<bool>) -> vec4f { return select(vec4f(0.0), exp(s * SCALE - lse), there); }
fn slopes(p: vec4f, w: vec4f, delta: vec4f) -> vec4f { return SCALE * p * (w - delta); }

fn gradQ(seq: u32, first: u32) {
  let base = qkvBase(seq);
  let q = four(base, first, qkvStep());
  let g = four(outBase(seq), first, outStep());
  let stat = stats4(seq, first);
  for (var j = 0u; j < D; j += 4u) {
    let k = four(base + partStep(), j, qkvStep());
    var s = mat4x4f();
    var w = mat4x4f();
    for (var c = 0u; c < C; c++) {
      // Column i: the scores of query i with the four keys.
      s += transpose(load4(k.at, c)) * load4(q.at, c);
      w += transpose(load4(k.at + partStep(), c)) * loadDy4(g.at, c);
    }
    let ds = mat4x4f(
      slopes(probs(s[0], vec4f(stat[0].x), k.there), w[0], vec4f(stat[1].x)),
      slopes(probs(s[1], vec4f(stat[0].y), k.there), w[1], vec4f(stat[1].y)),
      slopes(probs(s[2], vec4f(stat[0].z), k.there), w[2], vec4f(stat[1].z)),
      slopes(probs(s[3], vec4f(stat[0].w), k.there), w[3], vec4f(stat[1].w)),
    );
    for (var c = 0u; c < C; c++) { add4(q, c, load4(k.at, c), ds, j == 0u); }
  }
}

fn gradKV(seq: u32, first: u32) {
  let base = qkvBase(seq);
  let k = four(base + partStep(), first, qkvStep());
  let v = Four(k.at + partStep(), k.there);
  for (var i = 0u; i < D; i += 4u) {
    let q = four(base, i, qkvStep());
    let g = four(outBase(seq), i, outStep());
    let stat = stats4(seq, i);
    var s = mat4x4f();
    var w = mat4x4f();
    for (var c = 0u; c < C; c++) {
      // Column j: the scores of the four queries with key j.
      s += transpose(load4(q.at, c)) * load4(k.at, c);
      w += transpose(loadDy4(g.at, c)) * load4(v.at, c);
    }
    let p = mat4x4f(
      probs(s[0], stat[0], q.there),
      probs(s[1], stat[0], q.there),
      probs(s[2], stat[0], q.there),
      probs(s[3], stat[0], q.there),
    );
    let ds = mat4x4f(
      slopes(p[0], w[0], stat[1]),
      slopes(p[1], w[1], stat[1]),
      slopes(p[2], w[2], stat[1]),
      slopes(p[3], w[3], stat[1]),
    );
    for (var c = 0u; c < C; c++) {
      add4(k, c, load4(q.at, c), ds, i == 0u);
      add4(v, c, loadDy4(g.at, c), p, i == 0u);
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let id = linear(gid, nwg);
  let threads = ROWS / D * TILES;
  if (id < threads) { gradQ(id / TILES, id % TILES * 4u); }
  else if (id < 2u * threads) { gradKV((id - threads) / TILES, id % TILES * 4u); }
}

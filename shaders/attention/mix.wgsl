// out_r += Σ_i p[r][i] · f_i for 16 channels of 4 own rows: Block.c_l[r] holds channels 4·(4·group + l) … of row r. With SUBGROUP4 each lane loads four of the 16 channels and shares them.
const E: u32 = 4u;
const F_OFF: u32 = 0u;
const F_B: u32 = 0u;
const F_H: u32 = 0u;
const F_N: u32 = 4u;
const F_C: u32 = 1u;
//#fixed
const E4: u32 = (E + 3u) / 4u;

struct Block {
  c0: mat4x4f,
  c1: mat4x4f,
  c2: mat4x4f,
  c3: mat4x4f,
}

//#if VEC
fn f4(at: u32, c: u32) -> vec4f { return f[at / 4u + c]; }
//#else
fn f1(at: u32, c: u32) -> f32 { return select(0.0, f[at + min(c, E - 1u) * F_C], c < E); }
fn f4(at: u32, c: u32) -> vec4f { return vec4f(f1(at, 4u * c), f1(at, 4u * c + 1u), f1(at, 4u * c + 2u), f1(at, 4u * c + 3u)); }
//#endif
fn fRows(z: u32, j: u32) -> vec4u { return F_OFF + z / HEADS * F_B + z % HEADS * F_H + min(j + IOTA, vec4u(OTHERS - 1u)) * F_N; }
fn fQuad(at: vec4u, c: u32) -> mat4x4f { return mat4x4f(f4(at.x, c), f4(at.y, c), f4(at.z, c), f4(at.w, c)); }

// Four others more: y their quads of channels.
//#if SUBGROUP4
fn mixed(o: Block, y: mat4x4f, p: mat4x4f) -> Block { return Block(o.c0 + lane0(y) * p, o.c1 + lane1(y) * p, o.c2 + lane2(y) * p, o.c3 + lane3(y) * p); }
fn mixF(o: Block, at: vec4u, group: u32, lane: u32, p: mat4x4f) -> Block { return mixed(o, fQuad(at, min(4u * group + lane, E4 - 1u)), p); }
//#else
fn mixF(o: Block, at: vec4u, group: u32, lane: u32, p: mat4x4f) -> Block {
  var r = o;
  r.c0 += fQuad(at, 4u * group) * p;
  if (4u * group + 1u < E4) { r.c1 += fQuad(at, 4u * group + 1u) * p; }
  if (4u * group + 2u < E4) { r.c2 += fQuad(at, 4u * group + 2u) * p; }
  if (4u * group + 3u < E4) { r.c3 += fQuad(at, 4u * group + 3u) * p; }
  return r;
}
//#endif

fn columns(m: mat4x4f, w: vec4f) -> mat4x4f { return mat4x4f(m[0] * w.x, m[1] * w.y, m[2] * w.z, m[3] * w.w); }
fn scaled(o: Block, w: vec4f) -> Block { return Block(columns(o.c0, w), columns(o.c1, w), columns(o.c2, w), columns(o.c3, w)); }

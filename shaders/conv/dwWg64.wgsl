// dw[part,o,j] = Σ over the rows (b, oy) of a part and ox of dy[b,o,oy,ox] · x[b, c, oy·S + ky·D, ox·S + kx·D], j = (c,ky,kx), x padded beforehand
// An implicit matrix product over pixels: a workgroup owns 64 output channels × 64 weights j, a thread 8×8 of them in 16 named vec4 registers.
// Tiles of 16 pixels pass through workgroup memory; their rows are 17 vec4s long, so that threads which follow pixels write to different banks.
//#include lib/row.wgsl
const BATCH: u32 = 1u;
const PARTS: u32 = 1u;
const PART_ROWS: u32 = 8u;
const C: u32 = 1u;
const H: u32 = 8u;
const W: u32 = 8u;
const COUT: u32 = 8u;
const OH: u32 = 8u;
const OW: u32 = 8u;
const KH: u32 = 1u;
const KW: u32 = 1u;
const STRIDE_Y: u32 = 1u;
const STRIDE_X: u32 = 1u;
const DILATION_Y: u32 = 1u;
const DILATION_X: u32 = 1u;
//#fixed
const PLANE: u32 = OH * OW;
//#fixed
const J: u32 = C * KH * KW;
//#fixed
const TILES_J: u32 = (J + 63u) / 64u;
//#fixed
const TILES: u32 = TILES_J * ((COUT + 63u) / 64u);

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

var<workgroup> tile_d: array<vec4f, 272>;
var<workgroup> tile_x: array<vec4f, 272>;

// Offset of weight j in the input; weights and channels beyond the last repeat it and are not stored.
fn offset(j: u32) -> u32 {
  let k = min(j, J - 1u);
  return (k / (KH * KW) * H + k / KW % KH * DILATION_Y) * W + k % KW * DILATION_X;
}
fn offsets(j: u32) -> vec4u {
  return vec4u(offset(j), offset(j + 1u), offset(j + 2u), offset(j + 3u));
}
fn channels(o: u32) -> vec4u {
  return min(vec4u(o, o + 1u, o + 2u, o + 3u), vec4u(COUT - 1u)) * PLANE;
}

fn put(part: u32, o: u32, j: u32, v: vec4f) {
  if (o >= COUT) { return; }
  for (var i = 0u; i < 4u; i++) {
    if (j + i < J) { dw[(part * COUT + o) * J + j + i] = v[i]; }
  }
}

// Where pixel n of the rows begins in dy and in x; valid says whether the part has it.
struct Place {
  d: u32,
  x: u32,
  valid: bool,
}
fn place(n: u32, end: u32) -> Place {
  let row = min(n, end - 1u) / OW;
  let ox = n % OW;
  let b = row / OH;
  let oy = row % OH;
  return Place((b * COUT * OH + oy) * OW + ox, (b * C * H + oy * STRIDE_Y) * W + ox * STRIDE_X, n < end);
}
fn grads(p: Place, o: vec4u) -> vec4f {
  if (!p.valid) { return vec4f(); }
  let i = o + p.d;
  return vec4f(dy[i.x], dy[i.y], dy[i.z], dy[i.w]);
}
fn inputs(p: Place, j: vec4u) -> vec4f {
  if (!p.valid) { return vec4f(); }
  let i = j + p.x;
  return vec4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let t = row_of(wid, nwg);
  if (t >= TILES * PARTS) { return; }
  let part = t / TILES;
  let o0 = t % TILES / TILES_J * 64u;
  let j0 = t % TILES_J * 64u;
  let start = part * PART_ROWS * OW;
  let end = min((part + 1u) * PART_ROWS, BATCH * OH) * OW;
  // A thread fetches, of one pixel of sixteen, four runs of four channels and of four weights.
  let mine = lid % 16u;
  let four = lid / 16u;
  let oa = channels(o0 + 4u * four); let ob = channels(o0 + 4u * four + 16u);
  let oc = channels(o0 + 4u * four + 32u); let od = channels(o0 + 4u * four + 48u);
  let ja = offsets(j0 + 4u * four); let jb = offsets(j0 + 4u * four + 16u);
  let jc = offsets(j0 + 4u * four + 32u); let jd = offsets(j0 + 4u * four + 48u);
  var c0l = vec4f(); var c0h = vec4f();
  var c1l = vec4f(); var c1h = vec4f();
  var c2l = vec4f(); var c2h = vec4f();
  var c3l = vec4f(); var c3h = vec4f();
  var c4l = vec4f(); var c4h = vec4f();
  var c5l = vec4f(); var c5h = vec4f();
  var c6l = vec4f(); var c6h = vec4f();
  var c7l = vec4f(); var c7h = vec4f();
  let slot = mine * 17u + four;
  let tx = lid % 8u;
  let ty = lid / 8u;
  for (var n = start; n < end; n += 16u) {
    let p = place(n + mine, end);
    workgroupBarrier();
    tile_d[slot] = grads(p, oa); tile_x[slot] = inputs(p, ja);
    tile_d[slot + 4u] = grads(p, ob); tile_x[slot + 4u] = inputs(p, jb);
    tile_d[slot + 8u] = grads(p, oc); tile_x[slot + 8u] = inputs(p, jc);
    tile_d[slot + 12u] = grads(p, od); tile_x[slot + 12u] = inputs(p, jd);
    workgroupBarrier();
    for (var k = 0u; k < 272u; k += 17u) {
      let xl = tile_x[k + tx]; let xh = tile_x[k + tx + 8u];
      let wl = tile_d[k + ty]; let wh = tile_d[k + ty + 8u];
      c0l += wl.x * xl; c0h += wl.x * xh;
      c1l += wl.y * xl; c1h += wl.y * xh;
      c2l += wl.z * xl; c2h += wl.z * xh;
      c3l += wl.w * xl; c3h += wl.w * xh;
      c4l += wh.x * xl; c4h += wh.x * xh;
      c5l += wh.y * xl; c5h += wh.y * xh;
      c6l += wh.z * xl; c6h += wh.z * xh;
      c7l += wh.w * xl; c7h += wh.w * xh;
    }
  }
  let o = o0 + 4u * ty;
  let j = j0 + 4u * tx;
  put(part, o + 0u, j, c0l); put(part, o + 0u, j + 32u, c0h);
  put(part, o + 1u, j, c1l); put(part, o + 1u, j + 32u, c1h);
  put(part, o + 2u, j, c2l); put(part, o + 2u, j + 32u, c2h);
  put(part, o + 3u, j, c3l); put(part, o + 3u, j + 32u, c3h);
  put(part, o + 32u, j, c4l); put(part, o + 32u, j + 32u, c4h);
  put(part, o + 33u, j, c5l); put(part, o + 33u, j + 32u, c5h);
  put(part, o + 34u, j, c6l); put(part, o + 34u, j + 32u, c6h);
  put(part, o + 35u, j, c7l); put(part, o + 35u, j + 32u, c7h);
}

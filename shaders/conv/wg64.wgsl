// y[b,o,oy,ox] = Σ_k w[k,o] · x[k,p], k = (c,ky,kx), p = (b,oy,ox), x[k,p] = x[b, c, oy·S + ky·D, ox·S + kx·D], x padded beforehand, w with o last and padded
// to a multiple of 8. An implicit matrix product: a workgroup owns 64 channels × 64 pixels, a thread 8×8 of them in 16 named vec4 registers. Tiles
// of 16 k pass through workgroup memory; the next ones are under way while these are multiplied.
//#include lib/row.wgsl
const BATCH: u32 = 1u;
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
const PIXELS: u32 = BATCH * PLANE;
//#fixed
const K: u32 = C * KH * KW;
//#fixed
const O4: u32 = (COUT + 7u) / 8u * 2u;
//#fixed
const TILES_P: u32 = (PIXELS + 63u) / 64u;
//#fixed
const TILES: u32 = TILES_P * ((COUT + 63u) / 64u);

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> tile_w: array<vec4f, 256>;
var<workgroup> tile_x: array<vec4f, 256>;

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

// Where the window of pixel p begins; pixels beyond the last repeat it and are not stored.
fn corner(p: u32) -> u32 {
  let t = min(p, PIXELS - 1u);
  return (t / PLANE * C * H + t % PLANE / OW * STRIDE_Y) * W + t % OW * STRIDE_X;
}

// Input k of four pixels, weights k of four channels; zero beyond the last k.
fn pixels(at: vec4u, k: u32) -> vec4f {
  if (k >= K) { return vec4f(); }
  let i = at + (k / (KH * KW) * H + k / KW % KH * DILATION_Y) * W + k % KW * DILATION_X;
  return vec4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}
fn weights(o4: u32, k: u32) -> vec4f {
  if (k >= K) { return vec4f(); }
  return w[k * O4 + min(o4, O4 - 1u)];
}

fn put(o: u32, p: u32, v: vec4f) {
  if (o >= COUT) { return; }
  for (var j = 0u; j < 4u; j++) {
    let q = p + j;
    if (q < PIXELS) {
      let i = (q / PLANE * COUT + o) * PLANE + q % PLANE;
      y[i] = epilogue(v[j], i, q % OW);
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let t = row_of(wid, nwg);
  if (t >= TILES) { return; }
  let p0 = t % TILES_P * 64u;
  let o0 = t / TILES_P * 64u;
  // A thread fetches four pixels and four channels of four k.
  let four = lid % 16u;
  let mine = lid / 16u * 4u;
  let p = p0 + four * 4u;
  let at = vec4u(corner(p), corner(p + 1u), corner(p + 2u), corner(p + 3u));
  let o4 = o0 / 4u + four;
  var c0l = vec4f(); var c0h = vec4f();
  var c1l = vec4f(); var c1h = vec4f();
  var c2l = vec4f(); var c2h = vec4f();
  var c3l = vec4f(); var c3h = vec4f();
  var c4l = vec4f(); var c4h = vec4f();
  var c5l = vec4f(); var c5h = vec4f();
  var c6l = vec4f(); var c6h = vec4f();
  var c7l = vec4f(); var c7h = vec4f();
  var x0 = pixels(at, mine); var w0 = weights(o4, mine);
  var x1 = pixels(at, mine + 1u); var w1 = weights(o4, mine + 1u);
  var x2 = pixels(at, mine + 2u); var w2 = weights(o4, mine + 2u);
  var x3 = pixels(at, mine + 3u); var w3 = weights(o4, mine + 3u);
  let slot = mine * 16u + four;
  let tx = lid % 8u;
  let ty = lid / 8u;
  for (var k = 0u; k < K; k += 16u) {
    workgroupBarrier();
    tile_x[slot] = x0; tile_w[slot] = w0;
    tile_x[slot + 16u] = x1; tile_w[slot + 16u] = w1;
    tile_x[slot + 32u] = x2; tile_w[slot + 32u] = w2;
    tile_x[slot + 48u] = x3; tile_w[slot + 48u] = w3;
    workgroupBarrier();
    let next = k + 16u + mine;
    x0 = pixels(at, next); w0 = weights(o4, next);
    x1 = pixels(at, next + 1u); w1 = weights(o4, next + 1u);
    x2 = pixels(at, next + 2u); w2 = weights(o4, next + 2u);
    x3 = pixels(at, next + 3u); w3 = weights(o4, next + 3u);
    for (var j = 0u; j < 256u; j += 16u) {
      let xl = tile_x[j + tx]; let xh = tile_x[j + tx + 8u];
      let wl = tile_w[j + ty]; let wh = tile_w[j + ty + 8u];
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
  let q = p0 + 4u * tx;
  put(o + 0u, q, c0l); put(o + 0u, q + 32u, c0h);
  put(o + 1u, q, c1l); put(o + 1u, q + 32u, c1h);
  put(o + 2u, q, c2l); put(o + 2u, q + 32u, c2h);
  put(o + 3u, q, c3l); put(o + 3u, q + 32u, c3h);
  put(o + 32u, q, c4l); put(o + 32u, q + 32u, c4h);
  put(o + 33u, q, c5l); put(o + 33u, q + 32u, c5h);
  put(o + 34u, q, c6l); put(o + 34u, q + 32u, c6h);
  put(o + 35u, q, c7l); put(o + 35u, q + 32u, c7h);
}

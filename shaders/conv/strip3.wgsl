// y[b,o,oy,ox] = Σ_{c,ky,kx} x[b, c, oy·S + ky·D, ox + kx] · w[c,ky,kx,o] for kernels 3 wide with stride 1 along a row; x padded beforehand, its rows
// whole vec4s; w with o last and padded to a multiple of 8. One thread computes 8 output channels × 8 neighbouring pixels of a row in 16 named
// registers: three vec4 of pixels serve all three taps, 9 loads for 192 multiply-adds.
//#include lib/index.wgsl
const THREADS: u32 = 1u;
const C: u32 = 1u;
const H: u32 = 8u;
const W: u32 = 8u;
const COUT: u32 = 8u;
const OH: u32 = 8u;
const OW: u32 = 8u;
const KH: u32 = 1u;
const STRIDE_Y: u32 = 1u;
const DILATION_Y: u32 = 1u;
//#fixed
const OUT_TILES: u32 = (COUT + 7u) / 8u;
//#fixed
const SEGMENTS: u32 = (OW + 7u) / 8u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= THREADS) {
    return;
  }
  let ox = t % SEGMENTS * 8u;
  let oy = t / SEGMENTS % OH;
  let tile = t / (SEGMENTS * OH) % OUT_TILES;
  let b = t / (SEGMENTS * OH * OUT_TILES);
  let corner = (b * C * H + oy * STRIDE_Y) * W + ox;
  var p0l = vec4f(); var p0h = vec4f();
  var p1l = vec4f(); var p1h = vec4f();
  var p2l = vec4f(); var p2h = vec4f();
  var p3l = vec4f(); var p3h = vec4f();
  var p4l = vec4f(); var p4h = vec4f();
  var p5l = vec4f(); var p5h = vec4f();
  var p6l = vec4f(); var p6h = vec4f();
  var p7l = vec4f(); var p7h = vec4f();
  var wi = tile * 2u;
  for (var c = 0u; c < C; c++) {
    for (var ky = 0u; ky < KH; ky++) {
      // Pixels beyond the row's end are whatever follows; their results are never stored.
      let xi = (corner + (c * H + ky * DILATION_Y) * W) / 4u;
      let q = x[xi];
      let r = x[xi + 1u];
      let s = x[xi + 2u];
      let l0 = w[wi]; let h0 = w[wi + 1u];
      wi += OUT_TILES * 2u;
      let l1 = w[wi]; let h1 = w[wi + 1u];
      wi += OUT_TILES * 2u;
      let l2 = w[wi]; let h2 = w[wi + 1u];
      wi += OUT_TILES * 2u;
      p0l += q.x * l0 + q.y * l1 + q.z * l2; p0h += q.x * h0 + q.y * h1 + q.z * h2;
      p1l += q.y * l0 + q.z * l1 + q.w * l2; p1h += q.y * h0 + q.z * h1 + q.w * h2;
      p2l += q.z * l0 + q.w * l1 + r.x * l2; p2h += q.z * h0 + q.w * h1 + r.x * h2;
      p3l += q.w * l0 + r.x * l1 + r.y * l2; p3h += q.w * h0 + r.x * h1 + r.y * h2;
      p4l += r.x * l0 + r.y * l1 + r.z * l2; p4h += r.x * h0 + r.y * h1 + r.z * h2;
      p5l += r.y * l0 + r.z * l1 + r.w * l2; p5h += r.y * h0 + r.z * h1 + r.w * h2;
      p6l += r.z * l0 + r.w * l1 + s.x * l2; p6h += r.z * h0 + r.w * h1 + s.x * h2;
      p7l += r.w * l0 + s.x * l1 + s.y * l2; p7h += r.w * h0 + s.x * h1 + s.y * h2;
    }
  }
  var low = array<vec4f, 8>(p0l, p1l, p2l, p3l, p4l, p5l, p6l, p7l);
  var high = array<vec4f, 8>(p0h, p1h, p2h, p3h, p4h, p5h, p6h, p7h);
  for (var k = 0u; k < 64u; k++) {
    let o = tile * 8u + k / 8u;
    let column = ox + k % 8u;
    if (o < COUT && column < OW) {
      let v = select(low[k % 8u][k / 8u % 4u], high[k % 8u][k / 8u % 4u], k >= 32u);
      let i = ((b * COUT + o) * OH + oy) * OW + column;
      y[i] = epilogue(v, i, column);
    }
  }
}

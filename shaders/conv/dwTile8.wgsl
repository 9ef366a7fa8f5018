// dw[part,o,j] = Σ over the rows (b, oy) of a part and ox of dy[b,o,oy,ox] · x[b, c, oy·S + ky·D, ox·S + kx·D], j = (c,ky,kx), x padded beforehand
// One thread computes 8 output channels × 8 weights j in 16 named vec4 registers: 16 loads for 64 multiply-adds.
//#include lib/index.wgsl
const THREADS: u32 = 1u;
const BATCH: u32 = 1u;
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
const J: u32 = C * KH * KW;
//#fixed
const J_TILES: u32 = (J + 7u) / 8u;
//#fixed
const OUT_TILES: u32 = (COUT + 7u) / 8u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

// Offset of weight j in the input; weights beyond the last repeat it and are not stored.
fn offset(j: u32) -> u32 {
  let k = min(j, J - 1u);
  return (k / (KH * KW) * H + k / KW % KH * DILATION_Y) * W + k % KW * DILATION_X;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= THREADS) {
    return;
  }
  let j = t % J_TILES * 8u;
  let o = t / J_TILES % OUT_TILES * 8u;
  let part = t / (J_TILES * OUT_TILES);
  let j0 = offset(j); let j1 = offset(j + 1u); let j2 = offset(j + 2u); let j3 = offset(j + 3u);
  let j4 = offset(j + 4u); let j5 = offset(j + 5u); let j6 = offset(j + 6u); let j7 = offset(j + 7u);
  let plane = OH * OW;
  let top = COUT - 1u;
  let o1 = min(o + 1u, top) * plane; let o2 = min(o + 2u, top) * plane; let o3 = min(o + 3u, top) * plane;
  let o4 = min(o + 4u, top) * plane; let o5 = min(o + 5u, top) * plane; let o6 = min(o + 6u, top) * plane;
  let o7 = min(o + 7u, top) * plane;
  var s0l = vec4f(); var s0h = vec4f();
  var s1l = vec4f(); var s1h = vec4f();
  var s2l = vec4f(); var s2h = vec4f();
  var s3l = vec4f(); var s3h = vec4f();
  var s4l = vec4f(); var s4h = vec4f();
  var s5l = vec4f(); var s5h = vec4f();
  var s6l = vec4f(); var s6h = vec4f();
  var s7l = vec4f(); var s7h = vec4f();
  for (var row = part * PART_ROWS; row < min((part + 1u) * PART_ROWS, BATCH * OH); row++) {
    let b = row / OH;
    let oy = row % OH;
    var xi = (b * C * H + oy * STRIDE_Y) * W;
    var yi = b * COUT * plane + oy * OW;
    for (var ox = 0u; ox < OW; ox++) {
      let l = vec4f(x[xi + j0], x[xi + j1], x[xi + j2], x[xi + j3]);
      let h = vec4f(x[xi + j4], x[xi + j5], x[xi + j6], x[xi + j7]);
      let d0 = dy[yi + o * plane]; s0l += d0 * l; s0h += d0 * h;
      let d1 = dy[yi + o1]; s1l += d1 * l; s1h += d1 * h;
      let d2 = dy[yi + o2]; s2l += d2 * l; s2h += d2 * h;
      let d3 = dy[yi + o3]; s3l += d3 * l; s3h += d3 * h;
      let d4 = dy[yi + o4]; s4l += d4 * l; s4h += d4 * h;
      let d5 = dy[yi + o5]; s5l += d5 * l; s5h += d5 * h;
      let d6 = dy[yi + o6]; s6l += d6 * l; s6h += d6 * h;
      let d7 = dy[yi + o7]; s7l += d7 * l; s7h += d7 * h;
      xi += STRIDE_X;
      yi += 1u;
    }
  }
  var low = array<vec4f, 8>(s0l, s1l, s2l, s3l, s4l, s5l, s6l, s7l);
  var high = array<vec4f, 8>(s0h, s1h, s2h, s3h, s4h, s5h, s6h, s7h);
  for (var k = 0u; k < 64u; k++) {
    let at = j + k % 8u;
    if (o + k / 8u < COUT && at < J) {
      dw[(part * COUT + o + k / 8u) * J + at] = select(low[k / 8u][k % 4u], high[k / 8u][k % 4u], k % 8u >= 4u);
    }
  }
}

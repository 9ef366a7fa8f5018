// dw[part,o,c,ky,kx] = Σ over the rows (b, oy) of a part and ox of dy[b,o,oy,ox] · x[b, c, oy·S + ky·D, ox + kx] for 3×3 kernels with stride 1 along a row; x padded
// beforehand, rows of x and dy whole vec4s. One thread computes 8 output channels × the 9 taps of one input channel in 18 named vec4 registers:
// four pixels at a time, as dot products of a row of x, shifted by the tap, with the rows of dy: 11 loads of vec4s for 288 multiply-adds.
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
const STRIDE_Y: u32 = 1u;
const DILATION_Y: u32 = 1u;
//#fixed
const OUT_TILES: u32 = (COUT + 7u) / 8u;
//#fixed
const PLANE: u32 = OH * OW / 4u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= THREADS) {
    return;
  }
  let c = t % C;
  let o = t / C % OUT_TILES * 8u;
  let part = t / (C * OUT_TILES);
  // Channels beyond the last repeat it and are not stored.
  let top = COUT - 1u;
  let o1 = min(o + 1u, top) * PLANE; let o2 = min(o + 2u, top) * PLANE; let o3 = min(o + 3u, top) * PLANE;
  let o4 = min(o + 4u, top) * PLANE; let o5 = min(o + 5u, top) * PLANE; let o6 = min(o + 6u, top) * PLANE;
  let o7 = min(o + 7u, top) * PLANE;
  // a: the upper row of taps, b the middle, c the lower; 0, 1, 2 from the left; four output channels low and high.
  var a0l = vec4f(); var a0h = vec4f(); var a1l = vec4f(); var a1h = vec4f(); var a2l = vec4f(); var a2h = vec4f();
  var b0l = vec4f(); var b0h = vec4f(); var b1l = vec4f(); var b1h = vec4f(); var b2l = vec4f(); var b2h = vec4f();
  var c0l = vec4f(); var c0h = vec4f(); var c1l = vec4f(); var c1h = vec4f(); var c2l = vec4f(); var c2h = vec4f();
  for (var row = part * PART_ROWS; row < min((part + 1u) * PART_ROWS, BATCH * OH); row++) {
    let b = row / OH;
    let oy = row % OH;
    var xa = ((b * C + c) * H + oy * STRIDE_Y) * W / 4u;
    var xb = xa + DILATION_Y * W / 4u;
    var xc = xb + DILATION_Y * W / 4u;
    var yi = b * COUT * PLANE + oy * OW / 4u;
    var pa = x[xa];
    var pb = x[xb];
    var pc = x[xc];
    for (var s = 0u; s < OW / 4u; s++) {
      let low = mat4x4f(dy[yi + o * PLANE], dy[yi + o1], dy[yi + o2], dy[yi + o3]);
      let high = mat4x4f(dy[yi + o4], dy[yi + o5], dy[yi + o6], dy[yi + o7]);
      yi++;
      xa++;
      xb++;
      xc++;
      let qa = x[xa];
      a0l += pa * low; a0h += pa * high;
      let ra = vec4f(pa.yzw, qa.x);
      a1l += ra * low; a1h += ra * high;
      let sa = vec4f(pa.zw, qa.xy);
      a2l += sa * low; a2h += sa * high;
      pa = qa;
      let qb = x[xb];
      b0l += pb * low; b0h += pb * high;
      let rb = vec4f(pb.yzw, qb.x);
      b1l += rb * low; b1h += rb * high;
      let sb = vec4f(pb.zw, qb.xy);
      b2l += sb * low; b2h += sb * high;
      pb = qb;
      let qc = x[xc];
      c0l += pc * low; c0h += pc * high;
      let rc = vec4f(pc.yzw, qc.x);
      c1l += rc * low; c1h += rc * high;
      let sc = vec4f(pc.zw, qc.xy);
      c2l += sc * low; c2h += sc * high;
      pc = qc;
    }
  }
  var low = array<vec4f, 9>(a0l, a1l, a2l, b0l, b1l, b2l, c0l, c1l, c2l);
  var high = array<vec4f, 9>(a0h, a1h, a2h, b0h, b1h, b2h, c0h, c1h, c2h);
  for (var k = 0u; k < 72u; k++) {
    let i = o + k / 9u;
    if (i < COUT) {
      dw[((part * COUT + i) * C + c) * 9u + k % 9u] = select(low[k % 9u][k / 9u % 4u], high[k % 9u][k / 9u % 4u], k >= 36u);
    }
  }
}

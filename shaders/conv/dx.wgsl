// dx[b,c,iy,ix] = Σ_{o,ky,kx} dy[b, o, (iy + P − ky·D)/S, (ix + P − kx·D)/S] · w[o, c mod C, ky, kx] where the quotients are whole and inside; one thread per result
// The gradient of a strided convolution, and the transposed convolution.
//#include lib/index.wgsl
const TOTAL: u32 = 1u;
const GROUPS: u32 = 1u;
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
const PADDING_Y: u32 = 0u;
const PADDING_X: u32 = 0u;
const DILATION_Y: u32 = 1u;
const DILATION_X: u32 = 1u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= TOTAL) {
    return;
  }
  let ix = t % W;
  let iy = t / W % H;
  let c = t / (W * H) % (C * GROUPS);
  let b = t / (W * H * C * GROUPS);
  let first = c / C * (COUT / GROUPS);
  var sum = 0.0;
  for (var ky = 0u; ky < KH; ky++) {
    // Negative positions wrap to large numbers and fail the test below.
    let ty = iy + PADDING_Y - ky * DILATION_Y;
    if (ty % STRIDE_Y != 0u || ty / STRIDE_Y >= OH || iy + PADDING_Y < ky * DILATION_Y) {
      continue;
    }
    for (var kx = 0u; kx < KW; kx++) {
      let tx = ix + PADDING_X - kx * DILATION_X;
      if (tx % STRIDE_X != 0u || tx / STRIDE_X >= OW || ix + PADDING_X < kx * DILATION_X) {
        continue;
      }
      for (var o = first; o < first + COUT / GROUPS; o++) {
        let d = dy[((b * COUT + o) * OH + ty / STRIDE_Y) * OW + tx / STRIDE_X];
        sum += d * w[((o * C + c % C) * KH + ky) * KW + kx];
      }
    }
  }
  dx[t] = epilogue(sum, t, ix);
}

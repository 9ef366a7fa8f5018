// y[b,o,oy,ox] = Σ_{c,ky,kx} x[b, g·C + c, oy·S + ky·D, ox·S + kx·D] · w[c,ky,kx,o], x padded beforehand, g = group of o; one thread per result
//#include lib/index.wgsl
const TOTAL: u32 = 1u;
const GROUPS: u32 = 1u;
const C: u32 = 1u;
const H: u32 = 8u;
const W: u32 = 8u;
const COUT: u32 = 8u;
const COUT_PADDED: u32 = 8u;
const OH: u32 = 8u;
const OW: u32 = 8u;
const KH: u32 = 1u;
const KW: u32 = 1u;
const STRIDE_Y: u32 = 1u;
const STRIDE_X: u32 = 1u;
const DILATION_Y: u32 = 1u;
const DILATION_X: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

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
  let ox = t % OW;
  let oy = t / OW % OH;
  let o = t / (OW * OH) % COUT;
  let b = t / (OW * OH * COUT);
  let plane = (b * GROUPS + o / (COUT / GROUPS)) * C;
  var sum = 0.0;
  for (var c = 0u; c < C; c++) {
    for (var ky = 0u; ky < KH; ky++) {
      let xi = ((plane + c) * H + oy * STRIDE_Y + ky * DILATION_Y) * W + ox * STRIDE_X;
      for (var kx = 0u; kx < KW; kx++) {
        sum += x[xi + kx * DILATION_X] * w[((c * KH + ky) * KW + kx) * COUT_PADDED + o];
      }
    }
  }
  y[t] = epilogue(sum, t, ox);
}

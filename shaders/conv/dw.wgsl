// dw[part,o,c,ky,kx] = Σ over the rows (b, oy) of a part and ox of dy[b,o,oy,ox] · x[b, g·C + c, oy·S + ky·D, ox·S + kx·D], x padded beforehand; one thread per result
//#include lib/index.wgsl
const TOTAL: u32 = 1u;
const BATCH: u32 = 1u;
const PART_ROWS: u32 = 8u;
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
const DILATION_Y: u32 = 1u;
const DILATION_X: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= TOTAL) {
    return;
  }
  let kx = t % KW;
  let ky = t / KW % KH;
  let c = t / (KW * KH) % C;
  let o = t / (KW * KH * C) % COUT;
  let part = t / (KW * KH * C * COUT);
  let plane = o / (COUT / GROUPS) * C + c;
  var sum = 0.0;
  for (var row = part * PART_ROWS; row < min((part + 1u) * PART_ROWS, BATCH * OH); row++) {
    let b = row / OH;
    let oy = row % OH;
    let xi = ((b * GROUPS * C + plane) * H + oy * STRIDE_Y + ky * DILATION_Y) * W + kx * DILATION_X;
    let yi = ((b * COUT + o) * OH + oy) * OW;
    for (var ox = 0u; ox < OW; ox++) {
      sum += dy[yi + ox] * x[xi + ox * STRIDE_X];
    }
  }
  dw[t] = sum;
}

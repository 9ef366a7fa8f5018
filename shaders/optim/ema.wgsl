// average ← average + rate · (p − average); one thread per element of the flat vectors; rate 0 leaves the average as it is, bit for bit
//#include lib/index.wgsl
const TOTAL: u32 = 4u;

@group(0) @binding(0) var<storage, read_write> average: array<f32>;
@group(0) @binding(1) var<storage, read> p: array<f32>;
@group(0) @binding(2) var<storage, read> rate: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  if (i < TOTAL) {
    average[i] += rate[0] * (p[i] - average[i]);
  }
}

// target[index[n]] *= factor[n], +0 where the factor is 0; one thread per entry of the index, whose entries differ
//#include lib/index.wgsl
const N: u32 = 1u;

@group(0) @binding(0) var<storage, read_write> target_: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> factor: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let n = linear(gid, nwg);
  if (n < N) {
    let i = index[n];
    target_[i] = select(target_[i] * factor[n], 0.0, factor[n] == 0.0);
  }
}

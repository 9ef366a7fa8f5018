// Linear thread index of a 1-D problem whose workgroups (64 threads) were folded into y beyond 65535.
fn linear(gid: vec3u, nwg: vec3u) -> u32 {
  return gid.y * nwg.x * 64u + gid.x;
}

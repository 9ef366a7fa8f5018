// dk_j = Σ_i SCALE·ds_ij q_i, dv_j = Σ_i p_ij do_i with ds = p ∘ (do·vᵀ − δ), p = exp(scores − lse); 128 threads own 64 keys of a head, tiles of 32 queries pass through workgroup memory
//#include attention/tile.wgsl
//#include attention/mix.wgsl
//#include attention/tile2.wgsl
//#if REL
//#include attention/rel.wgsl
//#endif
// Columns of the result: dk, dv.
//#include attention/gradOperands.wgsl
//#include attention/put.wgsl
//#include attention/wgTile.wgsl
//#include attention/wgTile2.wgsl

fn stat(z: u32, i: u32) -> vec2f { return stats[z * OTHERS + min(i, OTHERS - 1u)]; }

// Relative-position terms of own key `row` with queries i, i + 8, i + 16, i + 24.
fn bias(z: u32, row: u32, i: u32) -> vec4f {
//#if REL
  let n = min(i + 8u * IOTA, vec4u(OTHERS - 1u));
  return vec4f(rel1(relRow(z, n.x), row), rel1(relRow(z, n.y), row), rel1(relRow(z, n.z), row), rel1(relRow(z, n.w), row));
//#else
  return vec4f();
//#endif
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) t: u32) {
  let block = wid.y * nwg.x + wid.x;
  if (block >= BLOCKS * BATCH * HEADS) { return; }
  let z = block / BLOCKS;
  let row = block % BLOCKS * 64u;
  let n = row + t / 8u;
  var k0 = mat4x4f();
  var k1 = mat4x4f();
  var k2 = mat4x4f();
  var v0 = mat4x4f();
  var v1 = mat4x4f();
  var v2 = mat4x4f();
  for (var j = 0u; j < OTHERS; j += 32u) {
    let s = scoresWg(z, row, j, t);
    let u = productsWg(z, row, j, t);
    let i = j + t % 8u;
    let st = array<vec2f, 4>(stat(z, i), stat(z, i + 8u), stat(z, i + 16u), stat(z, i + 24u));
    let lse = vec4f(st[0].x, st[1].x, st[2].x, st[3].x);
    let delta = vec4f(st[0].y, st[1].y, st[2].y, st[3].y);
    let on = i + 8u * IOTA < vec4u(OTHERS);
    let p0 = select(vec4f(), exp(s[0] * SCALE + bias(z, n, i) - lse), on);
    let p1 = select(vec4f(), exp(s[1] * SCALE + bias(z, n + 16u, i) - lse), on);
    let p2 = select(vec4f(), exp(s[2] * SCALE + bias(z, n + 32u, i) - lse), on);
    let p3 = select(vec4f(), exp(s[3] * SCALE + bias(z, n + 48u, i) - lse), on);
    keepWeights(mat4x4f(p0, p1, p2, p3), t);
    stageF(z, j, 0u, t);
    v0 = mixWg(v0, t);
    if (E4 > 8u) {
      stageF(z, j, 1u, t);
      v1 = mixWg(v1, t);
    }
    if (E4 > 16u) {
      stageF(z, j, 2u, t);
      v2 = mixWg(v2, t);
    }
    workgroupBarrier();
    keepWeights(mat4x4f(p0 * (u[0] - delta), p1 * (u[1] - delta), p2 * (u[2] - delta), p3 * (u[3] - delta)), t);
    stageB(z, j, 0u, t);
    k0 = mixWg(k0, t);
    if (D4 > 8u) {
      stageB(z, j, 1u, t);
      k1 = mixWg(k1, t);
    }
    if (D4 > 16u) {
      stageB(z, j, 2u, t);
      k2 = mixWg(k2, t);
    }
  }
  let at = z * OWN * ROW;
  putWg(k0 * SCALE, at, row, 0u, t, D);
  if (D4 > 8u) { putWg(k1 * SCALE, at, row, 1u, t, D); }
  if (D4 > 16u) { putWg(k2 * SCALE, at, row, 2u, t, D); }
  putWg(v0, at + D, row, 0u, t, E);
  if (E4 > 8u) { putWg(v1, at + D, row, 1u, t, E); }
  if (E4 > 16u) { putWg(v2, at + D, row, 2u, t, E); }
}

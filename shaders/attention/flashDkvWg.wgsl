// dk_j = Σ_i SCALE·ds_ij q_i, dv_j = Σ_i p_ij do_i with ds = p ∘ (do·vᵀ − δ), p = exp(scores − lse); 128 threads own 64 keys of a head, tiles of 64 queries pass through workgroup memory
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

// Probabilities of half of a tile from its scores, and ds from them.
fn probabilities(s: mat4x4f, z: u32, n: u32, i: u32) -> mat4x4f {
  let lse = vec4f(stat(z, i).x, stat(z, i + 8u).x, stat(z, i + 16u).x, stat(z, i + 24u).x);
  let on = i + 8u * IOTA < vec4u(OTHERS);
  return mat4x4f(
    select(vec4f(), exp(s[0] * SCALE + bias(z, n, i) - lse), on),
    select(vec4f(), exp(s[1] * SCALE + bias(z, n + 4u, i) - lse), on),
    select(vec4f(), exp(s[2] * SCALE + bias(z, n + 8u, i) - lse), on),
    select(vec4f(), exp(s[3] * SCALE + bias(z, n + 12u, i) - lse), on),
  );
}
fn slopes(p: mat4x4f, u: mat4x4f, z: u32, i: u32) -> mat4x4f {
  let delta = vec4f(stat(z, i).y, stat(z, i + 8u).y, stat(z, i + 16u).y, stat(z, i + 24u).y);
  return mat4x4f(p[0] * (u[0] - delta), p[1] * (u[1] - delta), p[2] * (u[2] - delta), p[3] * (u[3] - delta));
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) t: u32) {
  let block = wid.y * nwg.x + wid.x;
  if (block >= BLOCKS * BATCH * HEADS) { return; }
  let z = block / BLOCKS;
  let row = block % BLOCKS * 64u;
  let n = row + ownRow(t);
  var keys = Pair();
  var values = Pair();
  var lastKeys = mat4x4f();
  var lastValues = mat4x4f();
  for (var j = 0u; j < OTHERS; j += 64u) {
    let s = scoresWg(z, row, j, t);
    let u = productsWg(z, row, j, t);
    for (var part = 0u; part < 2u; part++) {
      let at = j + 32u * part;
      if (at >= OTHERS) { break; }
      let i = at + t % 8u;
      var p = s.l;
      var dp = u.l;
      if (part == 1u) {
        p = s.h;
        dp = u.h;
      }
      p = probabilities(p, z, n, i);
      workgroupBarrier();
      keepWeights(p, t);
      stageF(z, at, t);
      workgroupBarrier();
      values = mixWg(values, row, at, t, E4 > 8u);
      if (E4 > 16u) {
        workgroupBarrier();
        stageLastF(z, at, t);
        workgroupBarrier();
        lastValues = mixLast(lastValues, t);
      }
      workgroupBarrier();
      keepWeights(slopes(p, dp, z, i), t);
      stageB(z, at, t);
      workgroupBarrier();
      keys = mixWg(keys, row, at, t, D4 > 8u);
      if (D4 > 16u) {
        workgroupBarrier();
        stageLastB(z, at, t);
        workgroupBarrier();
        lastKeys = mixLast(lastKeys, t);
      }
    }
  }
  let at = z * OWN * ROW;
  putWg(keys.l * SCALE, at, row, 0u, t, D);
  if (D4 > 8u) { putWg(keys.h * SCALE, at, row, 1u, t, D); }
  if (D4 > 16u) { putWg(lastKeys * SCALE, at, row, 2u, t, D); }
  putWg(values.l, at + D, row, 0u, t, E);
  if (E4 > 8u) { putWg(values.h, at + D, row, 1u, t, E); }
  if (E4 > 16u) { putWg(lastValues, at + D, row, 2u, t, E); }
}

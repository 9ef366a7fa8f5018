// out_r += Σ_i p[r][i] · b_i: as mix.wgsl, with the rows that the scores were made of.
//#if SUBGROUP4
fn mixB(o: Block, at: vec4u, group: u32, lane: u32, p: mat4x4f) -> Block { return mixed(o, bQuad(at, min(4u * group + lane, D4 - 1u)), p); }
//#else
fn mixB(o: Block, at: vec4u, group: u32, lane: u32, p: mat4x4f) -> Block {
  var r = o;
  r.c0 += bQuad(at, 4u * group) * p;
  if (4u * group + 1u < D4) { r.c1 += bQuad(at, 4u * group + 1u) * p; }
  if (4u * group + 2u < D4) { r.c2 += bQuad(at, 4u * group + 2u) * p; }
  if (4u * group + 3u < D4) { r.c3 += bQuad(at, 4u * group + 3u) * p; }
  return r;
}
//#endif

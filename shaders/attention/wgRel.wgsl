// Relative-position terms of tiles of wgTile.wgsl. Where the map's rows are 32 keys or whole tiles, tiles go down a band of columns and then down the next: the columns of their halves stay the same.
//#if REL
//#include attention/rel.wgsl
//#fixed
const BANDS: bool = (KW % 64u == 0u || KW == 32u) && KH * KW == OTHERS;
//#else
//#fixed
const BANDS: bool = false;
//#fixed
const KH: u32 = 1u;
//#fixed
const KW: u32 = 1u;
//#endif
//#fixed
const TILES: u32 = (OTHERS + 63u) / 64u;
// Tiles of a band.
//#fixed
const DOWN: u32 = select(TILES, KH, KW % 64u == 0u);

// First key of a tile, and whether a band begins or ends with it.
fn tileAt(tile: u32) -> u32 { return select(tile * 64u, tile % KH * KW + tile / KH * 64u, BANDS && KW % 64u == 0u); }
fn begins(tile: u32) -> bool { return BANDS && tile % DOWN == 0u; }
fn ends(tile: u32) -> bool { return BANDS && tile % DOWN == DOWN - 1u; }

// Of own rows n, n + 4, n + 8, n + 12: terms of key columns k, k + 8, k + 16, k + 24 (a band's), and of key row y.
fn bandTerms(z: u32, n: u32, k: u32) -> mat4x4f {
  var m = mat4x4f();
//#if REL
  for (var r = 0u; r < 4u; r++) {
    let at = relRow(z, min(n + 4u * r, OWN - 1u)).y + k % KW * W_K;
    m[r] = vec4f(relW[at], relW[at + 8u * W_K], relW[at + 16u * W_K], relW[at + 24u * W_K]);
  }
//#endif
  return m;
}
fn rowTerms(z: u32, n: u32, y: u32) -> vec4f {
  var v = vec4f();
//#if REL
  if (!BANDS) { return v; }
  for (var r = 0u; r < 4u; r++) { v[r] = relH[relRow(z, min(n + 4u * r, OWN - 1u)).x + min(y, KH - 1u) * H_K]; }
//#endif
  return v;
}

// Terms of own row n and keys k, k + 8, k + 16, k + 24: those of the band and the key row, or each by itself.
fn terms(z: u32, n: u32, k: u32, band: vec4f, row: f32) -> vec4f {
  if (BANDS) { return band + row; }
//#if REL
  let at = relRow(z, min(n, OWN - 1u));
  return vec4f(rel1(at, k), rel1(at, k + 8u), rel1(at, k + 16u), rel1(at, k + 24u));
//#else
  return vec4f();
//#endif
}

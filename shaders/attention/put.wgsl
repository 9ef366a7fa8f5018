// Stores the 16 channels `group` of 4 own rows: row r's at o[at + r·ROW + …], of `width` channels; rows beyond the end are left out.
fn put4(v: vec4f, at: u32, c: u32, width: u32) {
  for (var i = 0u; i < 4u; i++) { if (c + i < width) { o[at + c + i] = v[i]; } }
}
fn put(m: Block, at: u32, row: u32, group: u32, width: u32) {
  for (var r = 0u; r < 4u; r++) {
    if (row + r >= OWN) { return; }
    put4(m.c0[r], at + r * ROW, 16u * group, width);
    put4(m.c1[r], at + r * ROW, 16u * group + 4u, width);
    put4(m.c2[r], at + r * ROW, 16u * group + 8u, width);
    put4(m.c3[r], at + r * ROW, 16u * group + 12u, width);
  }
}

// Two numbers in one word, 16 bits each; beyond ±65504: that. INFINITE: ±infinity there, and for NaN, told by the bits: pack2x16float
// gives nothing certain beyond its range.
fn halves(v: vec2f) -> u32 {
  let packed = pack2x16float(clamp(v, vec2f(-65504.0), vec2f(65504.0)));
//#if INFINITE
  let bits = bitcast<vec2u>(v);
  let beyond = (bits & vec2u(0x7fffffffu)) > vec2u(0x477fe000u);
  let h = select(vec2u(packed & 0xffffu, packed >> 16u), vec2u(0x7c00u) | ((bits >> vec2u(16u)) & vec2u(0x8000u)), beyond);
  return h.x | (h.y << 16u);
//#else
  return packed;
//#endif
}

// Two numbers in one word, 16 bits each; beyond ±65504: that. INFINITE: ±infinity there, and for NaN, told by the bits: pack2x16float
// gives nothing certain beyond its range. POSITIVE: what is above 0 stays so; numbers below 2⁻¹⁴ may become 0 on their way.
fn halves(v: vec2f) -> u32 {
  var kept = clamp(v, vec2f(-65504.0), vec2f(65504.0));
//#if POSITIVE
  kept = select(kept, max(kept, vec2f(0x1p-14)), kept > vec2f(0.0));
//#endif
  let packed = pack2x16float(kept);
//#if INFINITE
  let bits = bitcast<vec2u>(v);
  let beyond = (bits & vec2u(0x7fffffffu)) > vec2u(0x477fe000u);
  let h = select(vec2u(packed & 0xffffu, packed >> 16u), vec2u(0x7c00u) | ((bits >> vec2u(16u)) & vec2u(0x8000u)), beyond);
  return h.x | (h.y << 16u);
//#else
  return packed;
//#endif
}

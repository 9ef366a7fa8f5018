// Four tokens of one sequence at a time, the last one repeated beyond the end; matrices have one token a column, so that a·M are its scores with the four and M·s their sum weighted by s
struct Four {
  at: vec4u,
  there: vec4<bool>,
}

// Tokens first … first + 3: where they begin, and which of them exist.
fn four(base: u32, first: u32, step: u32) -> Four {
  let i = vec4u(first) + vec4u(0u, 1u, 2u, 3u);
  return Four(vec4u(base) + min(i, vec4u(D - 1u)) * step, i < vec4u(D));
}

fn most(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }
fn total(v: vec4f) -> f32 { return v.x + v.y + v.z + v.w; }

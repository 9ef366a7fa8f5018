// Where the result of a product goes, with what follows it computed on the way.
//#if C_VEC
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
//#else
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
//#endif

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

fn put(z: u32, m: u32, n: u32, v: vec4f) {
  if (m >= M) { return; }
  let i = (((z / HEADS) * M + m) * HEADS + z % HEADS) * N + n;
//#if C_VEC
  if (n < N) {
    c[i / 4u] = vec4f(epilogue(v.x, i, n), epilogue(v.y, i + 1u, n + 1u), epilogue(v.z, i + 2u, n + 2u), epilogue(v.w, i + 3u, n + 3u));
  }
//#else
  if (n < N) { c[i] = epilogue(v.x, i, n); }
  if (n + 1u < N) { c[i + 1u] = epilogue(v.y, i + 1u, n + 1u); }
  if (n + 2u < N) { c[i + 2u] = epilogue(v.z, i + 2u, n + 2u); }
  if (n + 3u < N) { c[i + 3u] = epilogue(v.w, i + 3u, n + 3u); }
//#endif
}

// Where depth attention finds things: sequence = (b·N + n)·HEADS + h has D tokens; qkv is (B·D, N, 3, HEADS, C), o is (B·D, N, HEADS, C); C counts vectors where elements are vec4. Threads of one sequence are neighbours: they read the same keys and values
const ROWS: u32 = 4u;
const N: u32 = 1u;
const HEADS: u32 = 1u;
const D: u32 = 4u;
const C: u32 = 4u;
//#fixed
const LOWEST: f32 = -3.0e38;

// Where q of slice 0 begins in qkv.
fn qkvBase(seq: u32) -> u32 {
  return ((seq / (HEADS * N) * D * N + seq / HEADS % N) * 3u * HEADS + seq % HEADS) * C;
}

// Where slice 0 begins in o.
fn outBase(seq: u32) -> u32 {
  return ((seq / (HEADS * N) * D * N + seq / HEADS % N) * HEADS + seq % HEADS) * C;
}

// From one slice to the next in qkv, from q to k and from k to v, from one slice to the next in o.
fn qkvStep() -> u32 { return N * 3u * HEADS * C; }
fn partStep() -> u32 { return HEADS * C; }
fn outStep() -> u32 { return N * HEADS * C; }

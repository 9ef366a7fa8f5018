// What the forward kernels read and write: a queries, b keys, f values, relative-position terms; o has all heads' channels of a token, then the heads' lse.
const BATCH: u32 = 1u;
const SCALE: f32 = 1.0;
// From one token to the next in o.
const ROW: u32 = 8u;

//#if VEC
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read> f: array<vec4f>;
//#else
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> f: array<f32>;
//#endif
//#if REL
@group(0) @binding(3) var<storage, read> relH: array<f32>;
@group(0) @binding(4) var<storage, read> relW: array<f32>;
@group(0) @binding(5) var<storage, read_write> o: array<f32>;
//#else
@group(0) @binding(3) var<storage, read_write> o: array<f32>;
//#endif

fn highest(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }
fn total(v: vec4f) -> f32 { return dot(v, vec4f(1.0)); }

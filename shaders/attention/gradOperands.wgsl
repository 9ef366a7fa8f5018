// What the gradients' kernels read and write: own rows a with x, others b with f, each query's (lse, δ), relative-position terms; o has rows of ROW columns.
// For dq: queries with output gradients, keys with values; for dk and dv: keys with values, queries with output gradients.
const BATCH: u32 = 1u;
const SCALE: f32 = 1.0;
const ROW: u32 = 4u;

//#if VEC
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read> f: array<vec4f>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
//#else
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> f: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
//#endif
@group(0) @binding(4) var<storage, read> stats: array<vec2f>;
//#if REL
@group(0) @binding(5) var<storage, read> relH: array<f32>;
@group(0) @binding(6) var<storage, read> relW: array<f32>;
@group(0) @binding(7) var<storage, read_write> o: array<f32>;
//#else
@group(0) @binding(5) var<storage, read_write> o: array<f32>;
//#endif

// asked = the instance 1..count that prompt row r is about, the scene's in turn from a random one on; one row a call
// `ask` [R, 4]: kind of prompt, two keys, a random word that all rows of a scene share. The kernel declares `ask`.
const OBJECTS: u32 = 1u;

fn asked(r: u32, count: u32) -> u32 {
  let first = ((ask[4u * r + 3u] >> 16u) * count) >> 16u;
  return 1u + (first + r % OBJECTS) % max(count, 1u);
}

/**
 * The first key that occurs twice in one object of a JSON text, or null. JSON.parse keeps the last one silently, which
 * would hide a tensor. The text must already have been accepted by JSON.parse.
 */
export function duplicateKey(json: string): string | null {
  const open: (Set<string> | null)[] = []; // one per object (its keys) or array (null)
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;
  let lastString = '';
  for (let m = token.exec(json); m; m = token.exec(json)) {
    const t = m[0];
    if (t === '{') open.push(new Set());
    else if (t === '[') open.push(null);
    else if (t === '}' || t === ']') open.pop();
    else if (t === ':') {
      const keys = open[open.length - 1];
      const key = JSON.parse(lastString) as string;
      if (keys?.has(key)) return key;
      keys?.add(key);
    } else lastString = t;
  }
  return null;
}

import { expect, test } from 'vitest';
import { slimShader } from '../../src/cli/slimShaders.mjs';
import { shaderPaths, shaderSource } from '../../src/gpu/shaders';

test('comments and indentation go; directives and lines stay', () => {
  const code = '// y = x\n//#if A\n  let a = 1.0; // why\n  //#endif\n\nfn f() {}';
  expect(slimShader(code)).toBe('\n//#if A\nlet a = 1.0;\n//#endif\n\nfn f() {}');
});

test('every shader keeps its lines, its directives and its code', () => {
  for (const path of shaderPaths()) {
    const [full, slim] = [shaderSource(path), slimShader(shaderSource(path))].map((t) => t.split('\n'));
    expect(slim.length, path).toBe(full.length);
    const directives = (lines: string[]) => lines.map((l) => l.trim()).filter((l) => l.startsWith('//#'));
    expect(directives(slim), path).toEqual(directives(full));
    expect(
      slim.some((l) => /\/\/(?!#)|\/\*/.test(l)),
      path,
    ).toBe(false);
  }
});

// Shaders are written to be read: a third of their text is comments and indentation. A release leaves both out. Lines
// stay lines, so that errors still name the right one; `//#` directives stay.

/** @param {string} code WGSL @returns {string} the same without comments and indentation, line for line */
export const slimShader = (code) =>
  code
    .split('\n')
    .map((line) => (/^\s*\/\/#/.test(line) ? line.trim() : line.replace(/\/\/.*$|\/\*.*?\*\//g, '').trim()))
    .join('\n');

/** A Vite plugin for builds: `*.wgsl?raw` comes slim. @returns {import('vite').Plugin} */
export const slimShaders = () => ({
  name: 'slim-shaders',
  apply: 'build',
  enforce: 'post',
  transform(code, id) {
    if (!/\.wgsl\?raw$/.test(id)) return null;
    const [start, end] = [code.indexOf('"'), code.lastIndexOf('"') + 1];
    if (start < 0) throw new Error(`slim-shaders: ${id} is not one string`);
    const slim = slimShader(JSON.parse(code.slice(start, end)));
    return { code: code.slice(0, start) + JSON.stringify(slim) + code.slice(end), map: null };
  },
});

/** The style of a report: light or dark as the reader's system asks, readable on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --ground: #f6f7f9; --surface: #fff; --line: #dce1e6; --text: #17202a; --quiet: #56616d; --strong: #0b7285; --best: #e6f4ea;
  --c0: #3b6fd4; --c1: #d9480f; --c2: #2b8a3e; --c3: #8e44c9; --c4: #c79100; --c5: #0c8599; --c6: #c2255c; --c7: #7a5c3e; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0e1216; --surface: #161b21; --line: #2b333c; --text: #e6eaee; --quiet: #9aa6b2; --strong: #5cd3e6; --best: #173524;
  --c0: #7aa2f7; --c1: #ff9d6c; --c2: #69d391; --c3: #c99bff; --c4: #f2c14e; --c5: #4fd0e4; --c6: #ff8ab7; --c7: #c8a27c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 20px; margin: 44px 0 12px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 16px; margin: 24px 0 8px; }
p { margin: 6px 0; max-width: 75ch; } p.note { max-width: 105ch; }
a { color: var(--strong); }
.lead, .note, figcaption { color: var(--quiet); }
.note { font-size: 13px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0 0; padding: 0; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13.5px; }
th, td { padding: 6px 10px; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--quiet); font-weight: 600; border-bottom: 1px solid var(--line); white-space: normal; vertical-align: bottom; }
tbody th { font-weight: 600; position: sticky; left: 0; background: var(--surface); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
td small { display: block; font-size: 11.5px; font-weight: 400; color: var(--quiet); line-height: 1.25; }
td.best { background: var(--best); font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 14px; margin: 12px 0; }
.charts > figure { margin: 0; padding: 10px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); }
svg { display: block; width: 100%; height: auto; max-width: 620px; margin: 0 auto; font: 12px ui-sans-serif, system-ui, "Noto Sans", sans-serif; }
svg text { fill: var(--quiet); } svg .title { fill: var(--text); font-weight: 600; font-size: 13.5px; } svg .arm { fill: var(--text); }
svg .middle { text-anchor: middle; } svg .end { text-anchor: end; }
svg .grid { stroke: var(--line); } svg .axis { stroke: var(--quiet); } svg .reference { stroke: var(--quiet); stroke-dasharray: 3 4; }
svg .line { color: var(--text); }
svg .line polyline { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
svg .line circle { fill: currentColor; } svg .line .seed { fill: none; stroke: currentColor; opacity: .75; }
svg .line .band { fill: currentColor; opacity: .14; } svg .dashed polyline { stroke-dasharray: 6 4; }
svg:has(.line:hover) .line:not(:hover) { opacity: .18; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 0 0; padding: 0; list-style: none; font-size: 13.5px; }
.legend svg { display: inline-block; width: 26px; height: 10px; margin: 0 6px 0 0; vertical-align: 0; }
.c0 { color: var(--c0) !important; } .c1 { color: var(--c1) !important; } .c2 { color: var(--c2) !important; } .c3 { color: var(--c3) !important; }
.c4 { color: var(--c4) !important; } .c5 { color: var(--c5) !important; } .c6 { color: var(--c6) !important; } .c7 { color: var(--c7) !important; }
details { border: 1px solid var(--line); border-radius: 8px; background: var(--surface); margin: 10px 0; padding: 0 14px; }
summary { cursor: pointer; padding: 10px 0; font-weight: 600; }
details > .scroll { border: 0; border-top: 1px solid var(--line); border-radius: 0; margin: 0 -14px; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 500px), 1fr)); gap: 14px; padding-bottom: 14px; }
.pictures figure { margin: 0; } .pictures img { width: 100%; height: auto; border-radius: 4px; display: block; }
.key { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin: 0 5px 0 12px; vertical-align: -1px; }
.truth { background: rgb(60 200 90); } .before { background: rgb(240 150 30); } .after { background: rgb(70 150 255); } .prompt { background: rgb(255 230 0); }
@media print { main { max-width: none; padding: 0; } .scroll, .charts > figure, details { break-inside: avoid; } }
`;

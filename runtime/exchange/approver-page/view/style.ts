import { createHash } from "node:crypto";

/** The colours of the other pages (review/report/page/look.css), which this process does not hold */
export const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --panel: #f6f8fa; --link: #0550ae; --bad: #b3261e; --odd: #7a5200; --good: #1a6b31; --alarm: #fdecea; --note: #fff5d6; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --text: #e6edf3; --quiet: #a3adb8; --line: #3d444d; --panel: #161b22; --link: #79b8ff; --bad: #ff8a80; --odd: #e3b341; --good: #56d364; --alarm: #4a1512; --note: #3a2d05; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 1.25rem 4rem; max-width: 62rem; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
header nav { display: flex; gap: 1.25rem; }
header .who { margin-left: auto; color: var(--quiet); overflow-wrap: anywhere; }
header form { margin: 0; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
h1 { margin: 1.25rem 0 0.5rem; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 1.75rem 0 0.5rem; font-size: 1.2rem; line-height: 1.25; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
p, li, dd, td, th { overflow-wrap: anywhere; }
ul { margin: 0.5rem 0; padding-left: 1.25rem; }
.lead { font-size: 1.1rem; }
.quiet { color: var(--quiet); }
.panel { margin: 1rem 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--link); border-radius: 6px; background: var(--panel); }
.panel > :first-child { margin-top: 0; }
.panel > :last-child { margin-bottom: 0; }
.panel.bad { border-left-color: var(--bad); background: var(--alarm); }
.panel.good { border-left-color: var(--good); }
.panel.odd { border-left-color: var(--odd); background: var(--note); }
.state { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.35rem 1.25rem; margin: 0.5rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
ol.chain { margin: 0; padding-left: 1.25rem; }
table { width: 100%; border-collapse: collapse; }
caption { padding-bottom: 0.5rem; color: var(--quiet); text-align: left; }
th, td { padding: 0.4rem 0.6rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
th { background: var(--panel); font-weight: 600; }
.arguments th[scope="row"] { width: 30%; font-weight: 400; }
.arguments .value { display: block; font: 0.9rem/1.5 ui-monospace, monospace; white-space: pre-wrap; unicode-bidi: isolate; overflow-wrap: anywhere; }
.arguments .text { padding: 0 0.3rem; border: 1px dashed var(--quiet); border-radius: 3px; }
.type { color: var(--quiet); font-size: 0.85rem; }
.unseen { padding: 0 0.25rem; border-radius: 3px; background: var(--note); color: var(--odd); font: 600 0.8rem/1.4 ui-monospace, monospace; unicode-bidi: isolate; direction: ltr; }
.notes { margin: 0.25rem 0 0; padding: 0; list-style: none; color: var(--odd); font-size: 0.9rem; }
.change { font-weight: 600; font-size: 0.9rem; }
tr.same .change { color: var(--quiet); font-weight: 400; }
.was { font: 400 0.9rem/1.5 ui-monospace, monospace; white-space: pre-wrap; unicode-bidi: isolate; }
tr.new .change, tr.changed .change { color: var(--odd); }
tr.gone .change { color: var(--bad); }
tr.new td, tr.changed td { background: var(--note); }
tr.gone .value { text-decoration: line-through; }
.d1 { padding-left: 1.6rem; } .d2 { padding-left: 2.6rem; } .d3 { padding-left: 3.6rem; } .d4 { padding-left: 4.6rem; } .d5 { padding-left: 5.6rem; } .d6 { padding-left: 6.6rem; }
label { display: block; font-weight: 600; }
textarea, input[type="search"] { width: 100%; padding: 0.4rem 0.6rem; border: 1px solid var(--quiet); border-radius: 4px; background: var(--page); color: inherit; font: inherit; }
.search { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; margin: 1rem 0; }
.search div { flex: 1 1 14rem; }
.read { display: flex; gap: 0.6rem; align-items: start; }
.read input { flex: none; width: 1.4rem; height: 1.4rem; margin: 0; accent-color: var(--link); }
.buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 0.75rem; }
button, .button { display: inline-block; min-height: 2.75rem; padding: 0.5rem 1.4rem; border: 2px solid var(--link); border-radius: 6px; background: var(--link); color: var(--page); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
button.second { background: transparent; color: var(--link); }
button.refuse { border-color: var(--bad); background: transparent; color: var(--bad); }
header button { min-height: 2rem; padding: 0.1rem 0.8rem; border-width: 1px; }
.pages { display: flex; flex-wrap: wrap; gap: 1.25rem; margin: 1rem 0; }
@media (max-width: 45rem) {
  body { padding: 0 0.75rem 3rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 0.6rem; }
  .rows thead { position: absolute; clip-path: inset(50%); }
  .rows, .rows tbody, .rows tr, .rows td { display: block; }
  .rows tr { margin-bottom: 0.75rem; border: 1px solid var(--line); }
  .rows td { border: 0; padding: 0.2rem 0.6rem; }
  .rows td:nth-child(2)::before { content: "For "; color: var(--quiet); }
  .rows td:nth-child(3)::before { content: "Asked "; color: var(--quiet); }
  th, td { padding: 0.35rem 0.4rem; }
  .d1 { padding-left: 0.9rem; } .d2 { padding-left: 1.4rem; } .d3 { padding-left: 1.9rem; } .d4, .d5, .d6 { padding-left: 2.4rem; }
  .buttons button { flex: 1 1 100%; }
}
@media print {
  :root { color-scheme: light; --page: #ffffff; --text: #000000; --quiet: #333333; --line: #888888; --panel: #ffffff; --link: #000000; --bad: #000000; --odd: #000000; --good: #000000; --alarm: #ffffff; --note: #ffffff; }
  header nav, header form, .skip, .search, .pages, .decide { display: none; }
  html { font-size: 11px; }
  body { padding: 0; max-width: none; font-size: 1rem; }
  .unseen { border: 1px solid #000000; }
  tr { break-inside: avoid; }
}
`;

/** For `style-src`: no other style holds */
export const STYLE_SOURCE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

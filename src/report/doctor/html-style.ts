/** How the page looks: readable on a phone, light and dark as the reader's system is, and on paper. Colour never carries the meaning alone. */
export const css = `
:root { --text: #1c1f23; --quiet: #5b636d; --back: #fff; --card: #f5f6f8; --line: #d9dde2; --fail: #b3261e; --warn: #8a5a00; --unknown: #00639b; --ok: #1a6e2e; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e6e9; --quiet: #a0a8b1; --back: #15181b; --card: #1f2327; --line: #373d44; --fail: #ff8a80; --warn: #f5bf55; --unknown: #7cc4f5; --ok: #7fd494; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 1.5rem 0 .5rem; font-size: 1.15rem; } h3 { margin: 0; font-size: 1rem; font-weight: 600; }
p { margin: .25rem 0; } small, .where, footer, dt { color: var(--quiet); font-weight: 400; }
code, pre { font: .9em/1.5 ui-monospace, monospace; }
pre { margin: .5rem 0 0; padding: .5rem .75rem; white-space: pre-wrap; border: 1px solid var(--line); border-radius: .25rem; background: var(--back); }
article { margin: .5rem 0; padding: .6rem .8rem; background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--quiet); border-radius: .25rem; }
article.fail, article.crash { border-left-color: var(--fail); } article.warn { border-left-color: var(--warn); } article.unknown { border-left-color: var(--unknown); } article.ok { border-left-color: var(--ok); }
.fail .state, .crash .state, li.fail, li.crash { color: var(--fail); } .warn .state, li.warn { color: var(--warn); } .unknown .state, li.unknown { color: var(--unknown); } .ok .state, li.ok { color: var(--ok); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 .75rem; margin: .25rem 0; } dd { margin: 0; }
.totals { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .5rem 0; padding: 0; list-style: none; font-weight: 600; }
.cause { padding: .5rem .8rem; border: 1px solid var(--warn); border-radius: .25rem; } summary { cursor: pointer; color: var(--quiet); } footer { margin: 2rem 0 1rem; font-size: .85rem; }
@media (max-width: 30rem) { body { padding: .75rem; } dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .25rem; } }
@media print { article { break-inside: avoid; } }
`;

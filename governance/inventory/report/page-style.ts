/** Of the inventory's page alone; the rest is that of all reports */
export const PAGE_STYLE = `
.inventory { overflow-x: auto; }
.inventory table { table-layout: auto; }
.inventory th:first-child, .inventory th:last-child { width: auto; }
.inventory td { font-family: inherit; font-size: 0.85rem; overflow-wrap: break-word; }
.graph svg { max-width: 62rem; }
.node.caller rect { stroke-dasharray: 1 2; }
.node.agent rect { stroke: var(--link); stroke-width: 1.5; }
.node.risk-high rect, .node.risk-critical rect { stroke: var(--gain); stroke-width: 2; }
.node.risk-critical rect { fill: var(--alarm); }
.node.suspended rect, .node.expired rect { stroke-dasharray: 5 3; }
.node.suspended text, .node.expired text { fill: var(--quiet); }
.node.model rect, .node.tool rect { rx: 13px; }
.node .badge { font-weight: 400; font-size: 11px; fill: var(--quiet); }
.node.risk-high .badge, .node.risk-critical .badge { font-weight: 700; fill: var(--gain); }
.edge.handed { stroke: var(--unknown); stroke-width: 2; stroke-opacity: .9; }
.edge.starts { stroke: var(--link); stroke-opacity: .6; }
a:focus .node rect { stroke-width: 3; }
section.agent { border-top: 1px solid var(--line); padding-top: .5rem; overflow-wrap: anywhere; }
section.agent:target h3 { border-left: 4px solid var(--link); padding-left: .5rem; }
section.agent dl { display: grid; grid-template-columns: 11rem 1fr; gap: .2rem 1rem; }
section.agent dt { color: var(--quiet); }
section.agent dd { margin: 0; }
section.agent ul { margin: 0; padding-left: 1.1rem; }
@media (max-width: 45rem) { section.agent dl { grid-template-columns: 1fr; } }
`;

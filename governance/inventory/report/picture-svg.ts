import { BOX, type FleetPicture, type PictureEdge, type PictureNode } from "./fleet-picture";
import { markup, type Html } from "./markup";

const LONGEST_NAME = 26;

/** The picture, with a class for each node that its edges have too: so style alone shows what a node touches. */
export function pictureSvg(picture: FleetPicture, idOf: (node: PictureNode) => string): Html {
  const { nodes, edges, width, height } = picture;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="picture-title">
    <title id="picture-title">The fleet: who starts which agent, what agents use, and to which they hand work</title>
    <text x="10" y="18" class="column">started by</text>
    <text x="330" y="18" class="column">agents</text>
    <text x="760" y="18" class="column">tools, models and data</text>
    ${edges.map((edge) => line(edge, nodes))} ${nodes.map((node, at) => box(node, at, idOf(node)))}
  </svg>`;
}

/** Style by which a node that the pointer or the focus is on keeps its own edges, and all others fade */
export function pictureStyle({ nodes }: FleetPicture): string {
  return nodes
    .map((_, at) => {
      const picked = [`.n${at}:hover`, `.n${at}:focus`].map((state) => `svg:has(${state}) .edge:not(.e${at})`);
      return `${picked.join(",")}{stroke-opacity:.06}`;
    })
    .join("\n");
}

/** Between two agents it bends out to the left. */
function line({ from, to, through }: PictureEdge, nodes: readonly PictureNode[]): Html {
  const [start, end] = [nodes[from], nodes[to]] as [PictureNode, PictureNode];
  const [y1, y2] = [start.y + BOX.height / 2, end.y + BOX.height / 2];
  const isSide = start.x === end.x;
  const [x1, x2] = isSide ? [start.x, end.x] : [start.x + BOX.width, end.x];
  const bend = isSide ? x1 - 30 - Math.min(60, Math.abs(y1 - y2) / 3) : (x1 + x2) / 2;
  const kind = isSide ? "handed" : end.kind === "agent" ? "starts" : "used";
  const path = `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
  return markup`<path d="${path}" class="edge ${kind} e${from} e${to}"
    ><title>${start.name} → ${end.name}: ${through}</title></path
  > `;
}

function box(node: PictureNode, at: number, id: string): Html {
  const { kind, name, x, y, agent } = node;
  const words =
    agent === undefined ? `${kind} ${name}` : `${name}, ${agent.state}, ${agent.risk.tier} risk: ${agent.purpose}`;
  const badge =
    agent === undefined ? (kind === "caller" ? "" : kind) : agent.state === "active" ? agent.risk.tier : agent.state;
  const state = agent === undefined ? "" : `${agent.state} risk-${TIERS[agent.risk.tier]}`;
  const shown = markup`<g class="node ${kind} ${state}"
    ><title>${words}</title>
    <rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="4" />
    <text x="${x + 8}" y="${y + 17}">${shortened(name, LONGEST_NAME - badge.length)}</text>
    <text x="${x + BOX.width - 8}" y="${y + 17}" text-anchor="end" class="badge">${badge}</text></g
  >`;
  return id === "" ? markup`<g class="n${at}">${shown}</g> ` : markup`<a href="#${id}" class="n${at}">${shown}</a> `;
}

const TIERS = { critical: "critical", high: "high", medium: "medium", low: "low" } as const;

function shortened(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

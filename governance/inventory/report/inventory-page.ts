import { createHash } from "node:crypto";
import { duration } from "../../../review/report/text-parts";
import { pagePart } from "../../../review/report/page-of";
import type { InventoriedAgent, Inventory } from "../inventory";
import { factsOf } from "./agent-facts";
import { fleetPicture, type FleetPicture, type PictureNode } from "./fleet-picture";
import { fleetSentence } from "./fleet-sentence";
import { Html, markup } from "./markup";
import { PAGE_STYLE } from "./page-style";
import { pictureStyle, pictureSvg } from "./picture-svg";
import { acknowledgedText } from "./words";

const HEAD = [
  "Agent",
  "State",
  "Owner",
  "Expires",
  "Risk",
  "Called by",
  "Tools",
  "Data",
  "After a stop",
  "Acknowledged",
];

/** One page that loads nothing and runs no script: the fleet as a picture, a table, and everything about each agent */
export function inventoryPage(inventory: Inventory): string {
  const picture = fleetPicture(inventory);
  const style = `${pagePart("look.css")}${pagePart("graph.css")}${PAGE_STYLE}${pictureStyle(picture)}`;
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`;
  const { agents, acknowledged } = inventory;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>Inventory of ${inventory.trustDomain}</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          <h1>Inventory of agents</h1>
          <p id="verdict">${fleetSentence(inventory)}</p>
          ${agents.length === 0 ? markup`` : pictureOf(picture)}
          <h2>Agents</h2>
          <div class="inventory" tabindex="0" role="region" aria-label="Agents">
            <table>
              <thead>
                <tr>
                  ${HEAD.map((title) => markup`<th scope="col">${title}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${agents.map(row)}
              </tbody>
            </table>
          </div>
          ${acknowledged.length === 0 ? markup`` : others(inventory)}
          <h2>Each agent</h2>
          ${agents.map(section)}
        </main>
      </body>
    </html> `.text;
}

function pictureOf(picture: FleetPicture): Html {
  const left = picture.left === 0 ? "" : ` ${picture.left} agents of lower risk are not drawn; the table has them.`;
  return markup`<h2>The fleet</h2>
    <p class="legend">
      Lines lead from what starts an agent to the agent, and from there to what it uses; thick ones to agents that it
      hands work to. Point at a box to see its own lines alone; an agent's box leads to everything about it.${left}
    </p>
    <div class="graph">${pictureSvg(picture, linkOf)}</div> `;
}

function linkOf({ kind, name }: PictureNode): string {
  return kind === "agent" ? idOf(name) : "";
}

function idOf(name: string): string {
  return `agent-${name}`;
}

function row(agent: InventoriedAgent): Html {
  const {
    name,
    state,
    owner,
    expires,
    risk,
    calledBy,
    tools,
    models,
    data,
    highestSensitivity,
    horizon,
    acknowledged,
  } = agent;
  const used = [...tools.map((tool) => tool.name), ...new Set(models.map(({ model }) => model))];
  const cells = [
    state,
    owner,
    expires,
    `${risk.tier} (${risk.score})`,
    calledBy.join(", "),
    used.join(", "),
    data.length === 0 ? "" : `${data.length}, up to ${highestSensitivity}`,
    horizon[0] === undefined ? "" : duration(horizon[0].seconds),
    acknowledged.length === 0 ? "" : String(acknowledged.length),
  ];
  return markup`<tr>
    <td><a href="#${idOf(name)}">${name}</a></td>
    ${cells.map((cell) => markup`<td>${cell}</td>`)}
  </tr> `;
}

function section(agent: InventoriedAgent): Html {
  const facts = factsOf(agent).filter(([, texts]) => texts.length > 0);
  return markup`<section class="agent" id="${idOf(agent.name)}">
    <h3>${agent.name}${agent.state === "active" ? "" : ` (${agent.state})`}</h3>
    <p>${agent.purpose}</p>
    <dl>
      ${facts.map(
        ([what, texts]) =>
          markup`<dt>${what}</dt>
            <dd>${texts.length === 1 ? (texts[0] as string) : list(texts)}</dd> `,
      )}
    </dl>
  </section> `;
}

function others({ acknowledged }: Inventory): Html {
  return markup`<h2>Acknowledged at other resources</h2>
    ${list(acknowledged.map(acknowledgedText))} `;
}

function list(texts: readonly string[]): Html {
  return markup`<ul>
    ${texts.map((text) => markup`<li>${text}</li>`)}
  </ul>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

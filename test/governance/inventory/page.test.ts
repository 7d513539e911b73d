import { createHash } from "node:crypto";
import { type FleetPicture, fleetPicture } from "../../../governance/inventory/report/fleet-picture";
import { inventoryPage } from "../../../governance/inventory/report/inventory-page";
import { Delegation } from "../../../domain";
import { agentOf, bucket, httpTool } from "../../support/domain";
import { hostileInventory, inventoryOfFleet, many } from "../../support/inventory/outputs";
import { servedPlainly } from "../../support/served";

const reader = agentOf(
  { tasks: { fetch: { startedBy: "delegation", tools: [httpTool("web").allow("get")] } } },
  "reader",
);
const asker = agentOf(
  {
    tasks: {
      answer: {
        startedBy: "user",
        data: [bucket("logs").read()],
        delegates: [Delegation.to(reader, "fetch")],
      },
    },
    serves: servedPlainly("answer"),
  },
  "asker",
);
const fleet = inventoryOfFleet(asker, reader);

const withoutStyle = (page: string) => page.replace(/<style>[^]*<\/style>/, "");
const nodeOf = ({ nodes }: FleetPicture, name: string) => nodes.findIndex((node) => node.name === name);

describe("the picture", () => {
  const picture = fleetPicture(fleet);

  test("has who starts an agent left of it, what it uses right of it, and agents in one column", () => {
    const x = (name: string) => picture.nodes[nodeOf(picture, name)]?.x ?? NaN;
    expect(x("users")).toBeLessThan(x("asker"));
    expect(x("asker")).toBe(x("reader"));
    for (const used of ["logs", "web"]) expect(x(used)).toBeGreaterThan(x("asker"));
  });

  test("has a line for each use, each start and each delegation, and no other", () => {
    const lines = picture.edges.map(({ from, to, through }) => [
      picture.nodes[from]?.name,
      picture.nodes[to]?.name,
      through,
    ]);
    expect(lines.sort()).toEqual([
      ["asker", "logs", "read"],
      ["asker", "reader", "reader.fetch"],
      ["reader", "web", "get"],
      ["users", "asker", "http: answer"],
    ]);
  });

  test("has an agent above those to which it hands work", () => {
    expect(nodeOf(picture, "asker")).toBeLessThan(nodeOf(picture, "reader"));
  });

  test("has no two boxes that overlap, with 1, 3 and 60 agents", () => {
    for (const count of [1, 3, 60]) {
      const { nodes, height } = fleetPicture(many(count));
      for (const [at, one] of nodes.entries()) {
        expect(one.y + 26).toBeLessThanOrEqual(height);
        const below = nodes.slice(at + 1).filter(({ x }) => x === one.x);
        expect(below.filter(({ y }) => Math.abs(y - one.y) < 26)).toEqual([]);
      }
    }
  });

  test("draws the agents of the highest risk of a large fleet, and says how many it leaves out", () => {
    const large = many(100);
    const [first, ...rest] = large.agents;
    const risky = { ...first!, name: "zz-risky", risk: { ...first!.risk, score: 99 } };
    const drawn = fleetPicture({ ...large, agents: [...rest, risky] });
    expect(drawn.nodes.filter(({ kind }) => kind === "agent")).toHaveLength(80);
    expect([drawn.left, nodeOf(drawn, "zz-risky") >= 0]).toEqual([20, true]);
    expect(inventoryPage(large)).toMatch(/20 agents of lower\s+risk are not drawn/);
    expect(inventoryPage(large).match(/<section /g)).toHaveLength(100);
  });
});

describe("the page", () => {
  test("runs no script and loads nothing: its policy allows one style, by its digest", () => {
    const page = inventoryPage(fleet);
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? "";
    const digest = createHash("sha256").update(style).digest("base64");
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|style="|url\(/i);
    expect(page.match(/\b(?:src|href)="[^#"][^"]*"/g)).toBeNull();
  });

  test("has a row, a section and a box for each agent, which leads to its section", () => {
    const page = withoutStyle(inventoryPage(fleet));
    for (const name of ["asker", "reader"]) {
      expect(page.match(new RegExp(`href="#agent-${name}"`, "g"))).toHaveLength(2);
      expect(page.match(new RegExp(`id="agent-${name}"`, "g"))).toHaveLength(1);
    }
    expect(page).toContain("logs (internal): read");
  });

  test("shows texts of strangers as text, without what turns or hides text", () => {
    const page = withoutStyle(inventoryPage(hostileInventory()));
    expect(page).not.toMatch(/<img|<script/);
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(page).toContain("\\u{1b}[2J\\u{202e}");
    expect(/[\p{Cc}\p{Cf}]/u.test(page.replaceAll("\n", ""))).toBe(false);
  });

  test("says so where there is no agent", () => {
    expect(inventoryPage({ ...fleet, agents: [] })).toContain("prod.acme.example has 0 agents");
  });
});

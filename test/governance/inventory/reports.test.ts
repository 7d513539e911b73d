import fc from "fast-check";
import { inventoryCsv } from "../../../governance/inventory/report/inventory-csv";
import { inventoryJson } from "../../../governance/inventory/report/inventory-json";
import { inventoryMarkdown } from "../../../governance/inventory/report/inventory-markdown";
import { agentText, inventoryText } from "../../../governance/inventory/report/inventory-text";
import { differenceOf } from "../../../governance/inventory/report/markdown-difference";
import { ANY_CHARACTER } from "../../support/any-character";
import "../../support/depth";
import { renderedMarkdown } from "../../support/rendered-markdown";
import { agentOf, bucket, httpTool } from "../../support/domain";
import { HOSTILE, hostileInventory, inventoryOfFleet, many } from "../../support/inventory/outputs";

const same = (text: string): string => text;
const OPTIONS = { columns: 100, paint: { bold: same, dim: same, green: same, red: same, yellow: same } };
const look = { startedBy: "user", tools: [httpTool("crm").allow("get")], data: [bucket("logs").read()] } as const;
const fleet = inventoryOfFleet(agentOf({ tasks: { look } }, "busy"), agentOf({ suspended: true }, "idle"));
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe("the table", () => {
  test("has a sentence about the fleet and a row for each agent with its state", () => {
    const [sentence, blank, head, ...rows] = inventoryText(fleet, OPTIONS).split("\n");
    expect(sentence).toBe("prod.acme.example has 2 agents, of them 1 suspended: 2 of low risk");
    expect(blank).toBe("");
    expect(head?.split(/ {2,}/)).toEqual([
      "agent",
      "owner",
      "expires",
      "risk",
      "called by",
      "tools",
      "models",
      "data",
      "delegates",
      "credential",
      "horizon",
      "enforcement",
      "acknowledged",
    ]);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 4))).toEqual([
      ["busy", "support@acme.example", "2027-06-30", "low 10"],
      ["idle (suspended)", "support@acme.example", "2027-06-30", "low 0"],
      [""],
    ]);
  });

  test("shows no character that a terminal acts on", () => {
    const hostile = hostileInventory();
    const shown = inventoryText(hostile, OPTIONS) + hostile.agents.map((agent) => agentText(agent, OPTIONS)).join("");
    expect(shown).toContain("\\u{1b}[2J\\u{202e}");
    expect(UNSEEN.test(shown.replaceAll("\n", ""))).toBe(false);
  });
});

describe("JSON", () => {
  test("says its version, and holds the inventory as it is", () => {
    expect(JSON.parse(inventoryJson(fleet))).toEqual({ version: "ambit.inventory/1", ...fleet });
  });

  test("has unseen characters escaped, and gives them back", () => {
    const text = inventoryJson(hostileInventory());
    expect(UNSEEN.test(text.replaceAll("\n", ""))).toBe(false);
    expect((JSON.parse(text) as typeof fleet).agents[0]?.purpose).toBe(HOSTILE);
  });
});

/** A reader of RFC 4180 */
function rowsOf(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe("CSV", () => {
  const valueOf = (csv: string, title: string, row = 1) => {
    const rows = rowsOf(csv);
    return rows[row]?.[rows[0]?.indexOf(title) ?? -1];
  };

  test("has a line for each agent, all of as many fields, and ends lines as RFC 4180 does", () => {
    const csv = inventoryCsv(fleet);
    const rows = rowsOf(csv);
    expect(rows.map(([agent]) => agent)).toEqual(["agent", "busy", "idle"]);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    expect(csv.split("\r\n")).toHaveLength(4);
    expect(valueOf(csv, "data")).toBe("logs (internal): read");
    expect(valueOf(csv, "state", 2)).toBe("suspended");
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", " =1", "'=1", "＝1", "－1", "＠x", "\t=1", "\r=1"])(
    "has %j as text, which no spreadsheet takes for a formula",
    (purpose) => {
      const [agent] = fleet.agents;
      const value = valueOf(inventoryCsv({ ...fleet, agents: [{ ...agent!, purpose }] }), "purpose") ?? "";
      expect(value.startsWith("'") || value.startsWith("\\u{")).toBe(true);
      expect(value).not.toMatch(/^[\s]*[=+\-@＝＋－＠]/);
    },
  );

  test("any purpose stays one field of one line, and begins no formula", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(fc.constantFrom(..."=+-@\"',\r\n\t ;"), ANY_CHARACTER) }), (purpose) => {
        const [agent] = fleet.agents;
        const csv = inventoryCsv({ ...fleet, agents: [{ ...agent!, purpose }] });
        expect(csv.split("\r\n")).toHaveLength(3);
        expect(rowsOf(csv).map(({ length }) => length)).toEqual([33, 33]);
        expect(valueOf(csv, "purpose")).not.toMatch(/^[\s]*[=+\-@＝＋－＠]/);
        expect(valueOf(csv, "owner")).toBe("support@acme.example");
      }),
    );
  });
});

test("the same fleet gives the same bytes in every format, in any order of declaration", () => {
  const [one, other] = [agentOf({ tasks: { look } }, "busy"), agentOf({}, "idle")];
  const [there, back] = [inventoryOfFleet(one, other), inventoryOfFleet(other, one)];
  const written = (inventory: typeof fleet) => [
    inventoryJson(inventory),
    inventoryCsv(inventory),
    inventoryText(inventory, OPTIONS),
  ];
  expect(written(back)).toEqual(written(there));
});

describe("Markdown", () => {
  test("has a row and a section for each agent, and says what holds", () => {
    const { rows, words, code } = renderedMarkdown(inventoryMarkdown(fleet));
    expect(rows).toEqual([9, 9, 9]);
    expect(code).toEqual(expect.arrayContaining(["busy", "idle", "logs (internal): read", "Answers support tickets"]));
    expect(words).toContain("suspended");
  });

  test("shows texts of strangers as code: no link, no image, no mention, no HTML, no further cell", () => {
    const { kinds, html, words, rows, code } = renderedMarkdown(inventoryMarkdown(hostileInventory()));
    expect(kinds.filter((kind) => /link|image/.test(kind))).toEqual([]);
    expect(html).toEqual([expect.stringMatching(/^<!-- Written by/)]);
    expect(words).not.toMatch(/evil|@all/);
    expect(rows).toEqual([9, 9]);
    expect(code.some((text) => text.includes("evil.example"))).toBe(true);
  });

  test("says all of a long text, so that a change in its middle is a change of the file", () => {
    const [agent] = fleet.agents;
    const written = (middle: string) =>
      inventoryMarkdown({
        ...fleet,
        agents: [{ ...agent!, purpose: `${"a".repeat(400)}${middle}${"b".repeat(400)}` }],
      });
    expect(written("x")).not.toBe(written("y"));
  });
});

describe("the difference of two inventories", () => {
  const [busy, idle] = fleet.agents;

  test("is empty for the same, also where a checkout has changed the ends of lines", () => {
    const text = inventoryMarkdown(fleet);
    expect(differenceOf(text, text)).toEqual([]);
    expect(differenceOf(text.replaceAll("\n", "\r\n"), text)).toEqual([]);
  });

  test("names agent and fact of each line that is gone or new", () => {
    const after = inventoryMarkdown({ ...fleet, agents: [{ ...busy!, owner: "other@acme.example" }, idle!] });
    expect(differenceOf(inventoryMarkdown(fleet), after)).toEqual(
      expect.arrayContaining(["- `busy`: - owner: `support@acme.example`", "+ `busy`: - owner: `other@acme.example`"]),
    );
  });

  test("sees a right that moves from one agent to another", () => {
    const moved = {
      ...fleet,
      agents: [
        { ...busy!, data: [] },
        { ...idle!, data: busy!.data },
      ],
    };
    const lines = differenceOf(inventoryMarkdown(fleet), inventoryMarkdown(moved));
    expect(lines).toEqual(
      expect.arrayContaining([
        "- `busy`: - data: `logs (internal): read`",
        "+ `idle`: - data: `logs (internal): read`",
      ]),
    );
  });

  test("is never empty for two texts that differ, even in the order of lines alone", () => {
    expect(differenceOf("- a\n- b\n", "- b\n- a\n")).toEqual(["- lines in another order"]);
    expect(differenceOf("", inventoryMarkdown(fleet)).length).toBeGreaterThan(0);
    expect(differenceOf("", inventoryMarkdown(many(60))).at(-1)).toMatch(/^… and \d+ more lines$/);
  });
});

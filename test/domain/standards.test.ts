import { type ControlId, STANDARDS } from "../../domain/standards";

const ALL = Object.entries(STANDARDS);
const keysOf = (id: keyof typeof STANDARDS): readonly string[] => Object.keys(STANDARDS[id].controls);

test("the agentic top ten have their published titles", () => {
  expect(Object.entries(STANDARDS["owasp-asi"].controls).map((entry) => entry.join(" "))).toEqual([
    "ASI01 Agent Goal Hijack",
    "ASI02 Tool Misuse & Exploitation",
    "ASI03 Identity & Privilege Abuse",
    "ASI04 Agentic Supply Chain Vulnerabilities",
    "ASI05 Unexpected Code Execution (RCE)",
    "ASI06 Memory & Context Poisoning",
    "ASI07 Insecure Inter-Agent Communication",
    "ASI08 Cascading Failures",
    "ASI09 Human-Agent Trust Exploitation",
    "ASI10 Rogue Agents",
  ]);
});

test.each([
  ["sp800-207", 7],
  ["owasp-asi", 10],
  ["owasp-nhi", 10],
  ["owasp-mcp", 10],
  ["maestro", 7],
] as const)("%s has all of its %i entries", (id, count) => {
  expect(keysOf(id)).toHaveLength(count);
});

test("all four functions of the AI RMF have subcategories", () => {
  const functions = new Set(keysOf("ai-rmf").map((key) => key.split(" ")[0]));
  expect([...functions]).toEqual(["GOVERN", "MAP", "MEASURE", "MANAGE"]);
});

test.each(ALL)("%s says its version, its source, and how far its titles were compared", (_, standard) => {
  expect(standard.version).toMatch(/\d/);
  expect(standard.source).toMatch(/^https:\/\//);
  expect(standard.verified).not.toBe("");
});

test.each(ALL)("%s has titles in one line, without a full stop", (_, { controls }) => {
  for (const title of Object.values(controls)) expect(title).toMatch(/^[A-Z][^\n]*[^.\s]$/);
});

test("an id that no list has is no type", () => {
  const known: ControlId = "owasp-asi/ASI03";
  // @ts-expect-error the published list ends at ASI10
  const unknown: ControlId = "owasp-asi/ASI11";
  // @ts-expect-error MAESTRO has layers, and no GOV-02
  const foreign: ControlId = "maestro/GOV-02";
  expect(new Set([known, unknown, foreign]).size).toBe(3);
});

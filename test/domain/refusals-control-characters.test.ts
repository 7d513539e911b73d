import {
  Budget,
  CalendarDate,
  Dataset,
  plainString,
  SpiffeId,
  Tool,
  TrustDomain,
  type AgentSpec,
  type HttpAction,
} from "../../domain";
import { agentOf, controlCharacter, external, fails, httpTool, toolWith, untyped } from "../support/domain";

type Code = Parameters<typeof fails>[2];

describe("any plain string", () => {
  const ALL = [...Array.from({ length: 0x20 }, (_, code) => code), 0x7f];
  for (const code of ALL) {
    const value = `a${String.fromCharCode(code)}b`;
    fails(
      `it holds U+${code.toString(16).padStart(4, "0").toUpperCase()}`,
      () => plainString(value, "here", "value", "owner.missing"),
      "owner.missing",
      `here: ${controlCharacter("value", value)}`,
    );
  }
  test("a refused character never reaches the terminal", () => {
    expect(() => plainString("a\u007fb\u001b[2J", "here", "value")).toThrow('got "a\\u007fb\\u001b[2J": remove it');
  });
  test.each([" ", "~", "é", "\u00a0", "漢"])("accepts %j", (character) => {
    expect(plainString(`a${character}b`, "here", "value")).toBe(`a${character}b`);
  });
});

describe("properties", () => {
  const agent = (property: string, spec: Partial<AgentSpec>, value: string, code: Code) =>
    fails(`${property} does`, () => agentOf(spec), code, `agent "triage": ${controlCharacter(property, value)}`);
  fails(
    "the agent's name does",
    () => agentOf({}, "triage\n"),
    "name.malformed",
    `agent "triage\\n": ${controlCharacter("name", "triage\n")}`,
  );
  agent("owner", { owner: "a@acme.example\r" }, "a@acme.example\r", "owner.missing");
  agent("purpose", { purpose: "Answers\ntickets" }, "Answers\ntickets", "purpose.missing");
  agent("expires", { expires: untyped("2027-06-30\n") }, "2027-06-30\n", "expiry.malformed");
  agent("clients", { clients: ["web", "app\u0000"] }, "app\u0000", "name.malformed");
  agent("workload.namespace", { workload: { namespace: "support\t" } }, "support\t", "name.malformed");

  fails(
    "a dataset's name does",
    () => external("orders\u007f"),
    "name.malformed",
    `dataset "orders\\u007f": ${controlCharacter("name", "orders\u007f")}`,
  );
  fails(
    "a prefix does",
    () => Dataset.bucket("kb", { bucket: "acme-kb", prefix: untyped("articles/\n"), sensitivity: "internal" }),
    "dataset.malformed",
    `dataset "kb": ${controlCharacter("prefix", "articles/\n")}`,
  );
  fails(
    "a url does",
    () => httpTool("crm", { url: "https://crm.acme.example/\tv1" }),
    "url.malformed",
    `tool "crm": ${controlCharacter("url", "https://crm.acme.example/\tv1")}`,
  );
  const digest = `sha256:${"0".repeat(64)}\n`;
  fails(
    "a pin does",
    () =>
      Tool.mcp("pay", {
        url: "https://pay.acme.example",
        clearance: "internal",
        actions: { get: { tool: "get", pin: digest } },
      }),
    "digest.malformed",
    `tool "pay" action "get": ${controlCharacter("pin", digest)}`,
  );
  fails(
    "a model does",
    () =>
      Tool.model("llm", {
        url: "https://llm.acme.example",
        clearance: "internal",
        api: "anthropic.messages",
        actions: { ask: { model: "m-1\n", maxOutputTokens: 1_024 } },
      }),
    "action.malformed",
    `tool "llm" action "ask": ${controlCharacter("model", "m-1\n")}`,
  );
  const path: HttpAction["path"] = "/a\n";
  fails(
    "a path does",
    () => toolWith({ path }),
    "action.malformed",
    `tool "crm" action "get": ${controlCharacter("path", path)}`,
  );
  fails(
    "a budget's argument does",
    () => Budget.sum("amount\n", 1, { per: "day" }),
    "budget.malformed",
    `budget: ${controlCharacter("argument", "amount\n")}`,
  );
  fails(
    "a date does",
    () => CalendarDate.of("2026-02-28\n", "platform", "until"),
    "expiry.malformed",
    `platform: ${controlCharacter("until", "2026-02-28\n")}`,
  );
  fails(
    "a trust domain does",
    () => TrustDomain.of("prod.acme.example\n", "platform"),
    "trust-domain.malformed",
    `platform: ${controlCharacter("trustDomain", "prod.acme.example\n")}`,
  );
  const id = "spiffe://prod.acme.example/ns/a\n";
  fails(
    "a SPIFFE ID does",
    () => SpiffeId.parse(id, "platform"),
    "spiffe-id.malformed",
    `platform: ${controlCharacter("value", id)}`,
  );
});

import { Tool, type HttpToolProps, type McpToolProps } from "../../domain";
import { fails, httpTool, NUMBER_TOKEN, TOKEN, untyped } from "../support/domain";

type Code = Parameters<typeof fails>[2];
const DNS = "must be lower-case letters, digits and inner hyphens, at most 63 characters (DNS-1123)";
const PLAIN = "must be a plain string known at synth, got the Terraform token";
const shownToken = `${JSON.stringify(TOKEN)}: write the string itself`;

const tool = (when: string, props: { [P in keyof HttpToolProps<string>]?: unknown }, code: Code, text: string) =>
  fails(when, () => httpTool("crm", untyped(props)), code, `tool "crm": ${text}`);

describe("tool", () => {
  fails(
    "a tool's name is malformed",
    () => httpTool("My Tool"),
    "name.malformed",
    `tool "My Tool": name ${DNS}, got "My Tool": write "my-tool"`,
  );
  fails("a tool's name is a token", () => httpTool(TOKEN), "token", `tool "${TOKEN}": name ${PLAIN} ${shownToken}`);

  const URL_TEXT =
    "url must be https, without user, query, fragment, wildcard, percent sign or a trailing dot of its host";
  const EXAMPLE = 'write an address such as "https://api.acme.example"';
  for (const url of [
    "http://crm.acme.example",
    "crm.acme.example",
    "file:///etc/passwd",
    "https://user@crm.acme.example",
    "https://user:secret@crm.acme.example",
    "https://:secret@crm.acme.example",
    "https://crm.acme.example/?key=1",
    "https://crm.acme.example/?",
    "https://crm.acme.example/#top",
    "https://crm.acme.example/#",
    "https://*.acme.example",
    "https://crm.acme.example/*",
    "https://",
    "https://a b.example",
  ]) {
    tool(`the url is ${url}`, { url }, "url.malformed", `${URL_TEXT}, got "${url}": ${EXAMPLE}`);
  }
  tool("the url is missing", { url: undefined }, "url.malformed", "url must be a non-empty string, got nothing");
  tool("the url is a token", { url: TOKEN }, "token", `url ${PLAIN} ${shownToken}`);
  tool(
    "the url's host is a Terraform reference",
    { url: "https://${aws_lb.x.dns_name}/" },
    "token",
    `url ${PLAIN} "https://\${aws_lb.x.dns_name}/": write the string itself`,
  );
  tool(
    "the url is a number token",
    { url: NUMBER_TOKEN },
    "token",
    `url ${PLAIN} ${NUMBER_TOKEN}: write the string itself`,
  );
  tool(
    "the clearance is unknown",
    { clearance: "secret" },
    "sensitivity.unknown",
    'clearance must be one of public, internal, confidential, restricted, got "secret"',
  );
  tool(
    "the clearance is missing",
    { clearance: undefined },
    "sensitivity.unknown",
    "clearance must be one of public, internal, confidential, restricted, got nothing",
  );
  tool(
    "actsAs names no service",
    { actsAs: "service" },
    "name.malformed",
    "actsAs.service must be a non-empty string, got nothing",
  );
  tool(
    "the service is malformed",
    { actsAs: { service: "Crm Reader" } },
    "name.malformed",
    `actsAs.service ${DNS}, got "Crm Reader": write "crm-reader"`,
  );
  tool("there are no actions", { actions: {} }, "action.malformed", "actions must name at least one, got {}");
  tool(
    "an action's name is a wildcard",
    { actions: { "*": { method: "GET", path: "/" } } },
    "action.wildcard",
    'an action\'s name has no wildcard, got "*"',
  );
});

describe("MCP and models", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const mcp = (props: { [P in keyof McpToolProps<"get">]?: unknown }) => () =>
    Tool.mcp(
      "pay",
      untyped({
        url: "https://pay.acme.example",
        clearance: "internal",
        actions: { get: { tool: "get", pin: digest } },
        ...props,
      }),
    );
  const model = (name: unknown) => () =>
    Tool.model("llm", {
      url: "https://llm.acme.example",
      clearance: "internal",
      api: "anthropic.messages",
      actions: { ask: { model: untyped(name), maxOutputTokens: 1_024 } },
    });

  const action = (props: object) => mcp({ actions: { get: { tool: "get", pin: digest, ...props } } });
  const at = 'tool "pay" action "get"';
  const DIGEST = 'pin must be "sha256:" and 64 hex digits, as "ambit tools pin" prints it';
  for (const pin of [
    "0".repeat(64),
    `sha256:${"0".repeat(63)}`,
    `sha256:${"A".repeat(64)}`,
    `sha512:${"0".repeat(64)}`,
  ]) {
    fails(
      `the pin is ${JSON.stringify(pin)}`,
      action({ pin }),
      "digest.malformed",
      `${at}: ${DIGEST}, got ${JSON.stringify(pin)}`,
    );
  }
  fails(
    "an MCP tool has neither a pin nor a reason for having none",
    action({ pin: undefined }),
    "pin.missing",
    `${at}: has neither pin nor unpinned: write pin: "sha256:…", as "ambit tools pin" prints it, or unpinned: { reason: "…" }`,
  );
  fails(
    "an MCP tool has both",
    action({ unpinned: { reason: "it changes" } }),
    "pin.missing",
    `${at}: has both pin and unpinned: remove one of them`,
  );
  fails(
    "the reason for having no pin is empty",
    action({ pin: undefined, unpinned: { reason: "" } }),
    "pin.missing",
    `${at}: unpinned.reason must be a non-empty string, got ""`,
  );
  fails("the pin is a token", action({ pin: TOKEN }), "token", `${at}: pin ${PLAIN} ${shownToken}`);
  fails(
    "an MCP action has an unknown property",
    action({ pinned: true }),
    "property.unknown",
    `${at}: has no property "pinned", did you mean "unpinned": it takes tool, pin, unpinned, readOnly, impact, outward, touches`,
  );
  fails(
    "an MCP server names a transport",
    mcp(untyped({ transport: "sse" })),
    "property.unknown",
    `tool "pay": has no property "transport", got "sse": leave it out, and give the url of the server's Streamable HTTP endpoint`,
  );
  for (const [url, fix] of [
    ["https://pay.acme.example/sse", "https://pay.acme.example/mcp"],
    ["https://pay.acme.example/v1/SSE/", "https://pay.acme.example/v1/mcp"],
  ] as const) {
    fails(
      `an MCP server is at ${url}, which is of the HTTP+SSE transport`,
      mcp({ url }),
      "url.malformed",
      `tool "pay": url is of the deprecated HTTP+SSE transport, got "${url.replace(/\/$/, "")}": give the url of the server's Streamable HTTP endpoint, such as "${fix}"`,
    );
  }
  fails(
    "a capability is none of MCP",
    mcp({ capabilities: ["tools"] }),
    "capability.unknown",
    'tool "pay": capabilities must be of completions, elicitation, logging, prompts, resources, roots, sampling, subscriptions, tasks, got "tools"',
  );
  fails(
    "a server has capabilities, and a parameter that is bound to a claim",
    mcp({ capabilities: ["resources"], actsAs: { service: "pay", bind: { user: "sub" } } }),
    "bind.unknown",
    'tool "pay": capabilities carry no parameter that actsAs.bind could hold to a claim, got ["resources"]: leave them out, or declare another tool for them',
  );
  for (const name of ["*", "create_*", "create_?", "a b"]) {
    fails(
      `the MCP tool is ${name}`,
      mcp({ actions: { get: { tool: name } } }),
      "action.wildcard",
      `tool "pay" action "get": tool must be one exact name without wildcard, got "${name}"`,
    );
    fails(
      `the model is ${name}`,
      model(name),
      "action.wildcard",
      `tool "llm" action "ask": model must be one exact name without wildcard, got "${name}"`,
    );
  }
  fails(
    "the MCP tool is missing",
    mcp({ actions: { get: {} } }),
    "action.malformed",
    'tool "pay" action "get": tool must be a non-empty string, got nothing',
  );
  fails("the model is a token", model(TOKEN), "token", `tool "llm" action "ask": model ${PLAIN} ${shownToken}`);
});

describe("allow", () => {
  const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
  const allow =
    (...names: unknown[]) =>
    () =>
      crm.allow(...(names as [string]));
  for (const name of ["*", "g*", "ge?"]) {
    fails(
      `allow names ${name}`,
      allow("get", name),
      "action.wildcard",
      `tool "crm": allow takes no wildcard, got "${name}": name the actions (get, put)`,
    );
  }
  for (const name of ["Get", "delete", "", "constructor", TOKEN]) {
    fails(
      `allow names ${JSON.stringify(name)}`,
      allow(name),
      "action.unknown",
      `tool "crm": has no action "${name}": it offers get, put`,
    );
  }
  fails(
    "allow names an action twice",
    allow("get", "put", "get"),
    "action.duplicate",
    'tool "crm": allow names "get" twice: name each action once',
  );
  fails("allow names nothing", allow(), "action.unknown", 'tool "crm": allow names no action: it offers get, put');
  test("grants the named actions and no other", () => expect(crm.allow("put").names).toEqual(["crm.put"]));
});

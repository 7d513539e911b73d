import { Budget, MODEL_FEATURES, type ModelFeature, type ModelToolProps, Tool } from "../../domain";
import { budgetKey } from "../../domain";
import { bucket, fails, httpTool, NUMBER_TOKEN, taskOf, untyped } from "../support/domain";

const llmWith = (props: { [P in keyof ModelToolProps<"ask">]?: unknown } = {}) =>
  Tool.model<"ask">(
    "llm",
    untyped({
      url: "https://llm.acme.example",
      api: "anthropic.messages",
      clearance: "internal",
      actsAs: { service: "models" },
      actions: { ask: { model: "m-1", maxOutputTokens: 1_024 } },
      ...props,
    }),
  );
const asking = (action: object) => llmWith({ actions: { ask: { model: "m-1", maxOutputTokens: 1_024, ...action } } });
const crm = httpTool("crm");
const llm = llmWith();
const ask = llm.allow("ask");

const APIS = "api must name one or several of anthropic.messages, openai.responses, openai.chat-completions";

test.each<[unknown, string]>([
  [undefined, "nothing"],
  [[], "[]"],
  ["openai.completions", '"openai.completions"'],
  [["openai.responses", "anthropic"], '"anthropic"'],
])("fails when a model's api is %j", (api, got) => {
  expect(() => llmWith({ api })).toThrow(`tool "llm": ${APIS}, got ${got}`);
});

test.each<[unknown, string]>([
  [undefined, "nothing"],
  [0, "0"],
  [-1, "-1"],
  [1.5, "1.5"],
  [1_000_001, "1000001"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  ["1024", '"1024"'],
])("fails when a model's output limit is %j", (maxOutputTokens, got) => {
  expect(() => asking({ maxOutputTokens })).toThrow(
    `tool "llm" action "ask": maxOutputTokens must be a whole number from 1 to 1000000, got ${got}: ` +
      "write how many tokens one answer may have, such as maxOutputTokens: 4096",
  );
});

fails(
  "a model's output limit is a token",
  () => asking({ maxOutputTokens: NUMBER_TOKEN }),
  "token",
  `tool "llm" action "ask": maxOutputTokens must be a plain number known at synth, got the Terraform token ${NUMBER_TOKEN}: write the number itself`,
);

test.each<[unknown, string]>([
  [["batch"], '"batch"'],
  [["background", "web_search"], '"web_search"'],
  ["background", '"background"'],
])("fails when a model allows %j", (allows, got) => {
  expect(() => asking({ allows })).toThrow(
    `tool "llm" action "ask": allows must list any of ${MODEL_FEATURES.join(", ")}, got ${got}`,
  );
});

test.each([
  ["https://llm.acme.example/v1", "https://llm.acme.example"],
  ["https://llm.acme.example/openai/v1/", "https://llm.acme.example/openai"],
])("fails when the url of a model is %s, with the one to write", (url, fix) => {
  expect(() => llmWith({ url })).toThrow(
    `tool "llm": url must leave out /v1, with which the path of each API begins, got "${url}": write "${fix}"`,
  );
});

test("a model has each api and feature once, in one order", () => {
  const { actions } = llmWith({
    api: ["openai.chat-completions", "anthropic.messages", "anthropic.messages"],
    actions: { ask: { model: "m-1", maxOutputTokens: 1, allows: ["background", "connectors", "background"] } },
  });
  expect(actions.get("ask")?.match).toEqual({
    model: "m-1",
    apis: ["anthropic.messages", "openai.chat-completions"],
    maxOutputTokens: 1,
    allows: ["connectors", "background"],
  });
});

describe("a budget of tokens", () => {
  fails(
    "it is of an action that is no model's",
    () => Budget.tokens(1, { per: "day", of: crm.allow("get") }),
    "budget.malformed",
    "budget: of must name actions of a model, got crm.get: only models use tokens",
  );
  fails(
    "it is a fraction",
    () => Budget.tokens(1.5, { per: "day" }),
    "budget.malformed",
    "budget: the limit per day must be a whole number above zero, got 1.5",
  );
  fails(
    "its task calls no model",
    () => taskOf({ tools: [crm.allow("get")], budget: Budget.tokens(1, { per: "day" }) }),
    "budget.malformed",
    'agent "triage" task "answer": budget counts tokens, and the task calls no model: grant an action of a model in tools, or leave it out',
  );
  const unbounded: readonly ModelFeature[] = [
    "hosted-tools",
    "connectors",
    "url-inputs",
    "file-inputs",
    "media-inputs",
    "previous-responses",
  ];
  for (const feature of unbounded) {
    fails(
      `it counts an action that allows ${feature}`,
      () => taskOf({ tools: [asking({ allows: [feature] }).allow("ask")], budget: Budget.tokens(9, { per: "run" }) }),
      "budget.malformed",
      `agent "triage" task "answer": budget counts tokens of llm.ask, which allows "${feature}", ` +
        "and the tokens that this call reads are known only afterwards: leave the feature out, or count calls",
    );
  }
  test.each(MODEL_FEATURES.filter((feature) => !unbounded.includes(feature)))(
    "may count an action that allows %s",
    (feature) => {
      const tools = [asking({ allows: [feature] }).allow("ask")];
      expect(taskOf({ tools, budget: Budget.tokens(9, { per: "run" }) }).budgets).toHaveLength(1);
    },
  );
  test("stands beside AWS data, which uses no tokens", () => {
    const task = { tools: [ask], data: [bucket("letters").read()], budget: Budget.tokens(9, { per: "day" }) };
    expect(taskOf(task).budgets).toHaveLength(1);
  });
  fails(
    "a budget of calls stands with it beside AWS data",
    () =>
      taskOf({
        tools: [ask],
        data: [bucket("letters").read()],
        budget: [Budget.tokens(9, { per: "day" }), Budget.perDay(9)],
      }),
    "aws-data.with-control",
    'agent "triage" task "answer": budget cannot hold for the AWS data "letters", because IAM does not see it: ' +
      "put the data behind a tool (Dataset.external), or split the task",
  );
  test("has a name of its own beside calls and sums", () => {
    const budgets = [Budget.tokens(9, { per: "day" }), Budget.perDay(9), Budget.tokens(9, { per: "hour", of: ask })];
    const task = taskOf({ tools: [ask, crm.allow("get")], budget: budgets });
    expect(task.budgets.map(budgetKey)).toEqual(["day:tokens:all", "day:calls:all", "hour:tokens:llm.ask"]);
  });
});

describe("a task that starts itself and asks a model", () => {
  const FREE =
    'agent "triage" task "answer": startedBy "agent" is refused with llm.ask and no budget of tokens per hour or day for it: ' +
    'add budget: Budget.tokens(200_000, { per: "day" })';
  const other = llmWith({
    actions: { ask: { model: "m-1", maxOutputTokens: 9 }, deep: { model: "m-2", maxOutputTokens: 9 } },
  }) as unknown as Tool<"ask" | "deep">;
  const refused: readonly [string, Budget | readonly Budget[]][] = [
    ["no budget", []],
    ["a budget of calls", Budget.perDay(5)],
    ["a budget of tokens per run", Budget.tokens(9, { per: "run" })],
    ["a budget of tokens per session", Budget.tokens(9, { per: "session" })],
    ["a budget of tokens of another action", Budget.tokens(9, { per: "day", of: other.allow("deep") })],
  ];
  for (const [what, budget] of refused) {
    const tools = [other.allow("ask", "deep")];
    fails(
      `it has ${what}`,
      () => taskOf({ startedBy: ["user", "agent"], tools, budget }),
      "start.agent-unbudgeted",
      FREE,
    );
  }
  fails(
    "its budget of tokens is not enforced",
    () =>
      taskOf({
        startedBy: "agent",
        tools: [ask],
        budget: Budget.tokens(9, { per: "day" }),
        enforcement: { observe: { until: "2027-01-31", reason: "we look first" } },
      }),
    "start.agent-unbudgeted",
    'agent "triage" task "answer": startedBy "agent" is refused with a budget of tokens that is not enforced: write enforcement: "enforce", or leave it out',
  );
  test.each(["hour", "day"] as const)("is taken with a budget of tokens per %s", (per) => {
    expect(taskOf({ startedBy: "agent", tools: [ask], budget: Budget.tokens(9, { per }) }).budgets).toHaveLength(1);
  });
  test("needs none where others start it", () => {
    expect(taskOf({ startedBy: ["user", "schedule"], tools: [ask] }).budgets).toEqual([]);
  });
});

import type { ModelApi, ModelFeature } from "../../../domain";
import { boundsOf, budgetText } from "../../../review/difference/declared/bounds-text";
import { matchGaps } from "../../../review/difference/declared/match-gaps";
import type { RegistryAction, RegistryMatch, RegistryTask } from "../../../review/reach/declared/registry";

type Model = Extract<RegistryMatch, { readonly model: string }>;

const WAS: Model = { model: "m-1", apis: ["openai.responses"], maxOutputTokens: 1_000, allows: ["url-inputs"] };
const told = (is: Partial<Model>) =>
  matchGaps(WAS, { ...WAS, ...is }, { name: "llm.ask", through: "", at: "tools/llm/actions/ask" });
const text = (api: string, tokens: number, allows = "url-inputs") =>
  `llm.ask is the model m-1 by ${api}, up to ${tokens} tokens an answer, with ${allows}`;

test.each<[string, Partial<Model>, string]>([
  [
    "another model",
    { model: "m-2" },
    "llm.ask is the model m-2 by openai.responses, up to 1000 tokens an answer, with url-inputs",
  ],
  ["a longer answer", { maxOutputTokens: 1_001 }, text("openai.responses", 1_001)],
  [
    "another API",
    { apis: ["openai.responses", "openai.chat-completions"] satisfies ModelApi[] },
    text("openai.responses or openai.chat-completions", 1_000),
  ],
  [
    "another feature",
    { allows: ["connectors", "url-inputs"] satisfies ModelFeature[] },
    text("openai.responses", 1_000, "connectors, url-inputs"),
  ],
])("a review tells of %s", (_, is, what) => {
  expect(told(is)).toEqual([
    {
      kind: "tool",
      what,
      otherwise: "the model m-1 by openai.responses, up to 1000 tokens an answer, with url-inputs",
      witness: what.replace("llm.ask is ", ""),
      at: "tools/llm/actions/ask.match",
    },
  ]);
});

test.each<[string, Partial<Model>]>([
  ["a shorter answer", { maxOutputTokens: 999 }],
  ["fewer features", { allows: [] }],
  ["no change", {}],
])("a review tells nothing of %s", (_, is) => {
  expect(told(is)).toEqual([]);
});

test("a call that is gained says what its provider may do, and how many tokens it may use", () => {
  const budget = { limit: 5_000, period: "day", counts: "tokens" } as const;
  const task = { budgets: [budget], orders: [], tools: { llm: ["ask"] } } as unknown as RegistryTask;
  const action = { impact: "low", outward: false, match: WAS } as unknown as RegistryAction;
  expect(boundsOf("llm.ask", action, task)).toEqual(["with url-inputs at its provider, at most 5000 tokens per day"]);
  expect(budgetText(budget)).toBe("5000 tokens per day");
});

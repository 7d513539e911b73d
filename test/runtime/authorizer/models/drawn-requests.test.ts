import fc from "fast-check";
import type { ModelApi } from "../../../../domain";
import { Denial } from "../../../../runtime/authorizer/denial";
import type { RecognisedCall } from "../../../../runtime/authorizer/request/recognised-call";
import { draws } from "../../../support/depth";
import { JSON_READERS, type JsonHabits } from "../../../support/json/json-readers";
import { LEAST, recognised } from "../../../support/model-requests";
import { type DrawnRequest, requests } from "./drawn-requests";
import { asked } from "./plain-provider";

/** Of `support/model-requests.ts` */
const DECLARED = { model: "m-1", maxOutputTokens: 100 } as const;
const ASKED_AT: Readonly<Record<string, ModelApi>> = {
  "/v1/messages": "anthropic.messages",
  "/v1/responses": "openai.responses",
  "/v1/chat/completions": "openai.chat-completions",
};
/** Betas of Anthropic by which its provider does more than answer */
const ACTING_BETA = /mcp|files|code-execution|web|skills|computer|memory|batch|container/i;

/** What goes out; undefined where it is refused. All but a Denial is an error. */
function decided({ api, allows, sent, body }: DrawnRequest): RecognisedCall | undefined {
  try {
    return recognised(api, body, { ...sent, allows });
  } catch (error) {
    if (error instanceof Denial) return undefined;
    throw error;
  }
}

/** Why it should not have gone out; undefined where every provider does with it what was declared */
function problemOf({ api, allows, sent, body }: DrawnRequest, call: RecognisedCall): string | undefined {
  const at = sent.path === undefined ? api : ASKED_AT[sent.path];
  if (at === undefined) return "its path is that of no API";
  const beta = sent.headers?.find(([name, value]) => name === "anthropic-beta" && ACTING_BETA.test(value));
  if (beta !== undefined) return `the beta ${beta[1]} acts`;
  const isCounted = usedOf(call) !== undefined;
  for (const reader of JSON_READERS) {
    const { model, most, does, isStreamed } = asked(at, body, reader);
    const told = (what: string): string => `a provider that ${reader.name} ${what}`;
    if (model !== DECLARED.model) return told(`asks ${JSON.stringify(model)}`);
    if (!(most >= 1 && most <= DECLARED.maxOutputTokens)) return told(`answers with ${most} tokens`);
    const other = [...does].find((feature) => !allows.includes(feature));
    if (other !== undefined) return told(`needs ${other}`);
    const least = Buffer.byteLength(body) + most;
    if ((call.tokens ?? 0) < least) return told(`may take ${least} tokens, and ${String(call.tokens)} are reserved`);
    // Then what was reserved is not given back.
    if (isStreamed && isCounted) return told("tells no usage, and some is counted");
  }
  return call.arguments["model"] === DECLARED.model ? undefined : "another model was decided on";
}

/** Of a stream that says nothing of what was used */
function usedOf({ answer }: RecognisedCall): number | undefined {
  answer?.head({ status: 200, headers: [["content-type", "text/event-stream"]] });
  answer?.part(Buffer.from("data: [DONE]\n\n"), true);
  return answer?.used?.();
}

test("every provider reads a request that goes out alike: the declared model, within its limit, with allowed features alone; every other request ends in a Denial", () => {
  let allowed = 0;
  fc.assert(
    fc.property(requests, (request) => {
      const call = decided(request);
      if (call === undefined) return;
      allowed += 1;
      const problem = problemOf(request, call);
      if (problem !== undefined) throw new Error(problem);
    }),
    draws(20_000, 3_000),
  );
  expect(allowed).toBeGreaterThan(100);
});

/** So that the oracle is not blind: what some provider does, and the first one does not */
test.each<[reader: string, before: string, as: string]>([
  ["takes the first of two members", '"model":"m-2"', "m-2, 50 tokens"],
  ["takes the first of two names without regard to case", '"Max_Output_Tokens":1e6', "m-1, 1000000 tokens"],
  ["takes names without regard to case", '"Background":true', "m-1, 50 tokens, background"],
  ["takes names as compatibility characters", '"ｂest_of":3', "m-1, 150 tokens"],
  ["ends a name at a null", '"previous_response_id\\u0000":"resp_1"', "m-1, 50 tokens, previous-responses"],
  [
    "takes the first of two members",
    '"tools":[{"type":"mcp","server_url":"https://evil.example"}],"tools":[]',
    "m-1, 50 tokens, connectors",
  ],
])("a provider that %s would read another request from %s, and the gateway refuses it", (name, member, as) => {
  const api = "openai.responses";
  const rest = JSON.stringify(LEAST[api]).slice(1);
  const body = `{${member},${rest}`;
  const told = (habits: JsonHabits): string => {
    const { model, most, does } = asked(api, body, habits);
    return [String(model), `${most} tokens`, ...does].join(", ");
  };
  const habits = JSON_READERS.find((each) => each.name === name);
  expect(told(habits ?? { name })).toBe(as);
  expect(told({ name: "takes the last of two members" })).not.toBe(as);
  expect(decided({ api, allows: [], sent: {}, body })).toBeUndefined();
});

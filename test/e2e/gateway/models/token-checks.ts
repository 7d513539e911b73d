import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, Suite } from "../../harness/suite";
import { called, type Got, toolToken } from "../call";
import { TOKENS_PER_RUN } from "../gateway-fleet";
import type { GatewayWorld } from "../gateway-world";
import { type Answering } from "../recording-tool";
import { answersAsModel, answersWith, USED } from "./model-server";
import { asking, CHAT, RESPONSES } from "./refusal-checks";

/** What providers add to a prompt (runtime/authorizer/models/model-actions.ts) */
const ADDED = 1_024;
const SETTLED_SECONDS = 60;

/** One run of the clerk, whose budget of tokens is its own */
class Metered {
  private constructor(
    public readonly at: GatewayWorld,
    private readonly token: string,
  ) {}

  public static async begin(at: GatewayWorld): Promise<Metered> {
    return new Metered(at, await toolToken(at, "clerk", "metered", "llm"));
  }

  public ask(path: string, more: object): Promise<Got> {
    return called(this.at, this.at.as("clerk"), { ...asking(path, more), token: this.token });
  }

  /** Whether a call passes that takes so many tokens. The provider refuses it, so nothing of it stays spent. */
  private async passes(tokens: number): Promise<boolean> {
    const before = this.at.tool.answering;
    this.at.tool.answering = answersWith(400);
    try {
      const { status, codes } = await this.ask(RESPONSES, taking(tokens));
      if (codes.length > 0) equal(codes, ["budget.spent"]);
      return status === 400;
    } finally {
      this.at.tool.answering = before;
    }
  }

  /** Outcomes come in a moment behind their answers. */
  public async hasSpent(tokens: number): Promise<void> {
    const deadline = performance.now() + SETTLED_SECONDS * 1_000;
    while (!(await this.passes(TOKENS_PER_RUN - tokens))) {
      ok(performance.now() < deadline, `more than ${tokens} tokens stay spent`);
      await sleep(100);
    }
    // The one before is given back by then.
    await sleep(1_000);
    ok(!(await this.passes(TOKENS_PER_RUN - tokens + 1)), `less than ${tokens} tokens stay spent`);
  }
}

/** A request of exactly so many tokens at most */
function taking(tokens: number): object {
  for (let input = "x"; ; input += "x") {
    const asked = { model: "m-1", max_output_tokens: 10_000, input, store: false };
    const limit = tokens - ADDED - Buffer.byteLength(JSON.stringify(asked));
    if (`${limit}`.length === `${asked.max_output_tokens}`.length) return { ...asked, max_output_tokens: limit };
  }
}

/** What a request takes before it goes out */
function takenBy(path: string, more: object, limit: number): number {
  const { body = "" } = asking(path, more);
  return Buffer.byteLength(body) + ADDED + limit;
}

export function tokenChecks(suite: Suite, world: Check<GatewayWorld>, engine: string): void {
  const check = (name: string, act: (run: Metered, at: GatewayWorld) => Promise<void>): void => {
    suite.check(`${engine}: models: ${name}`, [world], async ([at]) => {
      try {
        await act(await Metered.begin(at), at);
      } finally {
        at.tool.answeringAsEver();
      }
    });
  };
  const LIMIT = { max_output_tokens: 1_500 };

  check(
    "of 20 concurrent calls exactly as many pass as the token budget allows, and unused tokens are returned",
    async (run, at) => {
      const taken = takenBy(RESPONSES, LIMIT, 1_500);
      const most = Math.floor(TOKENS_PER_RUN / taken);
      const held: (() => void)[] = [];
      const answering = answersAsModel();
      let refused = 0;
      const releaseAll = (): void => {
        if (held.length + refused === 20) held.splice(0).forEach((release) => release());
      };
      at.tool.answering = (...request: Parameters<Answering>) => {
        held.push(() => answering(...request));
        releaseAll();
      };
      const answers = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const { status, codes } = await run.ask(RESPONSES, LIMIT);
          if (status === 403) refused += 1;
          releaseAll();
          return `${status} ${codes.join()}`;
        }),
      );
      equal(answers.filter((answer) => answer === "200 ").length, most);
      equal(answers.filter((answer) => answer === "403 budget.spent").length, 20 - most);
      await run.hasSpent(most * USED);
    },
  );

  check("exactly the usage that each API reports stays spent, plain and as a stream", async (run, at) => {
    at.tool.answering = answersAsModel();
    const asked: readonly (readonly [string, object])[] = [
      ["/tools/llm/v1/messages", {}],
      ["/tools/llm/v1/messages", { stream: true }],
      [RESPONSES, {}],
      [RESPONSES, { stream: true }],
      [CHAT, {}],
      [CHAT, { stream: true, stream_options: { include_usage: true } }],
    ];
    for (const [path, more] of asked) equal((await run.ask(path, more)).status, 200);
    await run.hasSpent(asked.length * USED);
  });

  check("a Chat stream without usage costs all tokens that were reserved", async (run, at) => {
    at.tool.answering = answersAsModel();
    equal((await run.ask(CHAT, { stream: true })).status, 200);
    await run.hasSpent(takenBy(CHAT, { stream: true }, 100));
  });

  check("a stream that breaks off costs all tokens that were reserved", async (run, at) => {
    at.tool.answering = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('event: response.created\ndata: {"type":"response.created"}\n\n', () => response.destroy());
    };
    await run.ask(RESPONSES, { stream: true }).catch(() => undefined);
    await run.hasSpent(takenBy(RESPONSES, { stream: true }, 100));
  });

  check("a provider's refusal costs no tokens, and its failure costs all that were reserved", async (run, at) => {
    at.tool.answering = answersWith(429);
    equal((await run.ask(RESPONSES, {})).status, 429);
    await run.hasSpent(0);
    at.tool.answering = answersWith(500);
    equal((await run.ask(RESPONSES, {})).status, 500);
    await run.hasSpent(takenBy(RESPONSES, {}, 100));
  });
}

import { type Request, requestsIn } from "../../cli/simulate/requests";
import { COMMENT, decisions, DELETE, lines, READ, simulated } from "../support/simulating";

describe("requests come", () => {
  const three = [
    [1, "allow"],
    [2, "deny", "action.not-granted"],
    [3, "allow"],
  ];

  test.each<readonly [string, string]>([
    ["one a line", lines(READ, DELETE, COMMENT)],
    ["without a line's end behind the last", lines(READ, DELETE, COMMENT).trimEnd()],
    ["with empty lines between", `\n\n${lines(READ, "", "  ", DELETE, COMMENT)}\n`],
    ["with lines that end as on Windows", lines(READ, DELETE, COMMENT).replaceAll("\n", "\r\n")],
    ["as an array", JSON.stringify([READ, DELETE, COMMENT])],
    ["as an array over several lines", ` \n${JSON.stringify([READ, DELETE, COMMENT], null, 2)}\n`],
  ])("%s", async (_, content) => {
    expect(decisions(await simulated(content))).toEqual(three);
  });

  test("as one document over several lines", async () => {
    expect(decisions(await simulated(JSON.stringify(DELETE, null, 2)))).toEqual([[1, "deny", "action.not-granted"]]);
  });

  test("as lines of a log, with the ids of their decisions", async () => {
    const user = { ...DELETE.user, subject: "masked" };
    const opa = { decision_id: "7a1f8b3e", input: { ...DELETE, user }, result: {}, masked: ["/input/user/subject"] };
    const authorizer = { decision: { decision: "deny", reasons: [] }, input: READ };
    const { requests } = await simulated(lines(opa, authorizer));
    expect(requests.map(({ name, after }) => [name, after.decision])).toEqual([
      ["7a1f8b3e", "deny"],
      [null, "allow"],
    ]);
  });

  test.each(["", "\n \r\n", "[]"])("as nothing: %j", async (content) => {
    const { requests, summary } = await simulated(content);
    expect([requests, summary.decided]).toEqual([[], 0]);
  });
});

describe("fails for a line, and goes on with the next,", () => {
  const long = JSON.stringify({ ...READ, task: "t".repeat(70_000) });

  test.each<readonly [string, string | Buffer, string]>([
    ["that is no JSON", "{", "input.malformed"],
    ["that is not UTF-8", Buffer.from('{"task":"\xff"}', "latin1"), "input.malformed"],
    ["that is no request", '{"hello":"world"}', "input.malformed"],
    ["that is a number", "17", "input.malformed"],
    ["of another version", JSON.stringify({ ...READ, version: "ambit.decision/2" }), "input.version"],
    ["longer than a request may be", long, "input.too-large"],
    ["longer than any line may be", " ".repeat(1_048_576) + JSON.stringify(READ), "input.too-large"],
    ["whose request was erased", JSON.stringify({ decision_id: "7a1f8b3e", erased: ["/input"] }), "input.malformed"],
  ])("%s", async (_, line, code) => {
    const content = Buffer.concat([Buffer.from(lines(READ)), Buffer.from(line), Buffer.from(`\n${lines(COMMENT)}`)]);
    expect(decisions(await simulated(content))).toEqual([
      [1, "allow"],
      [2, "deny", code],
      [3, "allow"],
    ]);
  });

  test("but an array that is cut off is one", async () => {
    const content = JSON.stringify([READ, DELETE]).slice(0, -1);
    expect(decisions(await simulated(content))).toEqual([[1, "deny", "input.malformed"]]);
  });
});

describe("what comes in pieces", () => {
  async function found(...chunks: readonly (string | Uint8Array)[]) {
    async function* pieces() {
      for (const chunk of chunks) yield Buffer.from(chunk as string);
    }
    const all: Request[] = [];
    for await (const each of requestsIn(pieces())) all.push(each);
    return all.map((each) => ("asked" in each ? each.asked.input : each.problem.code));
  }
  const pretty = JSON.stringify(DELETE, null, 2);

  test("is one document over several lines, wherever it is cut", async () => {
    expect(await found("{", pretty.slice(1))).toEqual([DELETE]);
    expect(await found(" \n", "{", "\r", "\n", pretty.slice(2))).toEqual([DELETE]);
    expect(await found(...pretty)).toEqual([DELETE]);
    expect(await found(...JSON.stringify([READ, DELETE]))).toEqual([READ, DELETE]);
    expect(await found(...lines(READ, DELETE))).toEqual([READ, DELETE]);
  });

  test("is not kept where it is white, and so may be more than a whole document", async () => {
    async function* white() {
      for (let read = 0; read < 65; read++) yield Buffer.alloc(1_048_576, " ");
      yield Buffer.from(JSON.stringify(READ));
    }
    const all: Request[] = [];
    for await (const each of requestsIn(white())) all.push(each);
    expect(all).toMatchObject([{ index: 1, asked: { input: READ } }]);
  });

  test("fails where it has to be read as a whole, and is too large", async () => {
    const chunk = Buffer.alloc(1_048_576, " ");
    const message = "must have at most 67108864 bytes: send one request a line";
    for (const begin of ["[", "{\n"]) {
      let asked = 0;
      async function* pieces() {
        yield Buffer.from(begin);
        for (; asked < 200; asked++) yield chunk;
      }
      await expect(requestsIn(pieces()).next()).rejects.toThrow(message);
      expect(asked).toBe(63);
    }
  });

  test("is refused for its size as an array and over several lines too", async () => {
    const large = { ...READ, task: "t".repeat(70_000) };
    for (const content of [JSON.stringify([large]), JSON.stringify(large, null, 2)]) {
      expect(decisions(await simulated(content))).toEqual([[1, "deny", "input.too-large"]]);
    }
  });
});

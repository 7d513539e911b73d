import { request } from "node:https";
import { exampleOf } from "../../cli/dev/example-value";
import { ToolStandIns } from "../../cli/dev/gateway/tool-stand-ins";
import { Tool } from "../../domain";

const HOST = "crm.acme-tools.example";

interface Got {
  readonly status: number;
  readonly text: string;
}

describe("the stand-ins of the tools", () => {
  const crm = Tool.http("crm", {
    url: `https://${HOST}/base`,
    clearance: "internal",
    actions: { read: { method: "GET", path: "/records/{id}" } },
  });
  const standIns = new ToolStandIns([crm], { "crm.read": ({ id }) => ({ record: id }) });
  beforeAll(() => standIns.listen());
  afterAll(() => standIns.close());

  const asked = (path: string, host = HOST): Promise<Got> =>
    new Promise((resolve, reject) => {
      const [address, port] = standIns.address.split(":");
      const headers = { host, authorization: "Bearer tool" };
      const to = {
        host: address,
        port,
        path,
        headers,
        ca: standIns.authority,
        servername: HOST,
        agent: false as const,
      };
      request(to, (answer) => {
        let text = "";
        answer.on("data", (part: Buffer) => (text += part.toString()));
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      })
        .once("error", reject)
        .end();
    });

  test("answer as the declared action could, and show what they were sent", async () => {
    const { status, text } = await asked("/base/records/4%202?x=y");
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      {
        record: "4 2",
        stand_in: {
          for: "crm.read",
          received: { method: "GET", path: "/base/records/4%202?x=y", headers: { authorization: "Bearer tool" } },
        },
      },
    ]);
    expect(standIns.arrived.map(({ tool, path }) => [tool, path])).toEqual([["crm", "/base/records/4%202?x=y"]]);
  });

  test.each([
    ["a path of no action", "/base/other", HOST],
    ["a path outside the tool's own", "/records/42", HOST],
    ["the host of no tool", "/base/records/42", "other.example"],
  ])("fail for %s", async (_, path, host) => {
    const { status, text } = await asked(path, host);
    expect([status, JSON.parse(text)]).toEqual([
      404,
      { error: "there is no such action, or no stand-in for tools of this kind" },
    ]);
  });
});

test.each([
  [{ const: false }, false],
  [{ enum: ["a", "b"] }, "a"],
  [{ type: "string", maxLength: 3 }, "example"],
  [{ type: "integer", minimum: 5 }, 5],
  [{ type: ["number", "null"] }, 1],
  [{ type: "array", items: { type: "boolean" } }, [true]],
  [{ type: "object", required: ["a"], properties: { a: { type: "string" }, b: {} } }, { a: "example" }],
  [{ type: "object", properties: { a: { default: 7 } } }, { a: 7 }],
  [{}, null],
])("an example of %j", (schema, example) => expect(exampleOf(schema)).toEqual(example));

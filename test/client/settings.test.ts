import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AmbitClient, type Run } from "../../client/typescript/index";
import { companionOfEachTest } from "../support/fake-companion";

const current = companionOfEachTest();

const begun = (): Run => new AmbitClient({ url: current.url }).run("answer", { start: "user", evidence: "proof" });

describe("settings", () => {
  const before = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), "ambit-client-"));
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("come from the environment", async () => {
    const file = join(folder, "token");
    writeFileSync(file, "first\n");
    process.env["AMBIT_COMPANION_URL"] = current.url;
    process.env["AMBIT_COMPANION_TOKEN_FILE"] = file;
    const run = new AmbitClient().run("answer", { start: "agent" });
    await run.token("zendesk");
    writeFileSync(file, "second");
    await run.token("zendesk");
    expect(current.companion.asked.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer first",
      "Bearer second",
    ]);
  });

  test("that are empty are not set", async () => {
    process.env["AMBIT_COMPANION_URL"] = "";
    process.env["AMBIT_COMPANION_TOKEN_FILE"] = "";
    expect(() => new AmbitClient()).not.toThrow();
    await begun().token("zendesk");
    expect(current.companion.asked[0]?.headers.authorization).toBeUndefined();
  });

  test("show the companion nothing, where it asks for nothing", async () => {
    delete process.env["AMBIT_COMPANION_TOKEN_FILE"];
    await begun().token("zendesk");
    expect(current.companion.asked[0]?.headers.authorization).toBeUndefined();
  });

  test("fail where the file cannot be read", async () => {
    const client = new AmbitClient({ url: current.url, tokenFile: join(folder, "none") });
    await expect(client.run("answer", { start: "agent" }).token("zendesk")).rejects.toThrow(
      `the companion's token could not be read from ${join(folder, "none")}`,
    );
  });

  test.each(["http://127.0.0.1:7464", "http://127.0.0.2:7464", "http://localhost:7464", "http://[::1]:7464"])(
    "take %s",
    (address) => {
      expect(() => new AmbitClient({ url: address })).not.toThrow();
    },
  );
});

test("nothing is asked by a way that Node may lead through a proxy (NODE_USE_ENV_PROXY)", async () => {
  class Proxied extends http.Agent {
    public override createConnection(): never {
      throw new Error("a proxy got it");
    }
  }
  const before = http.globalAgent;
  http.globalAgent = new Proxied();
  const fetching = jest.spyOn(globalThis, "fetch").mockRejectedValue(new Error("a proxy got it"));
  try {
    await expect(begun().token("zendesk")).resolves.toMatchObject({ value: "for-tool:zendesk" });
  } finally {
    http.globalAgent = before;
    fetching.mockRestore();
  }
});

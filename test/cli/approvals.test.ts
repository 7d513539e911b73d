import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { approvalsCommand, approveCommand, refuseCommand } from "../../cli/approvals";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import type { Io } from "../../cli/program";
import { ApproversWorld, tokenOf } from "../support/exchange/approvers";
import { called, scratch } from "../support/cli";

const EXCHANGE = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-exchange";
const authority = new DevelopmentAuthority("prod.acme.example");
const folder = scratch("approvals");
const ca = folder.put("bundle.pem", authority.bundle);
const carol = folder.put("carol", `${tokenOf({})}\n`);
const stranger = folder.put("stranger", tokenOf({ groups: ["interns"] }));

let world: ApproversWorld;
let server: Server;
let exchange: string;
let asked: string[];

beforeEach(() => {
  world = new ApproversWorld();
  asked = [];
});

beforeAll(async () => {
  const { certificate: cert, key } = authority.x509Svid(EXCHANGE);
  server = createServer({ cert, key }, (request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const operation = (request.url ?? "").replace("/approvals/", "");
      void world.send(operation, JSON.parse(body), request.headers.authorization ?? "").then(({ status, json }) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  exchange = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

/** @param answer of the person at the terminal; undefined where there is none */
const ambit = (answer: string | undefined, ...args: readonly string[]) => {
  const ask = async (question: string) => (asked.push(question), answer);
  const commands = [approvalsCommand, (io: Io) => approveCommand(io, ask), (io: Io) => refuseCommand(io, ask)];
  const reached = ["--exchange", exchange, "--ca", ca, "--spiffe-id", EXCHANGE, "--id-token-file", carol];
  return called(commands, ...args, ...reached);
};

test("what waits is listed, and all of it as JSON", async () => {
  const { id } = await world.ask();
  const { code, stdout } = await ambit(undefined, "approvals", "list");
  expect([code, stdout.split("\n")[0]?.split(/ {2,}/)]).toEqual([
    0,
    ["id", "status", "task", "action", "for", "shows", "time"],
  ]);
  expect(stdout).toContain(`${id}  pending  worker.refund  payments.refund  alice  public`);
  const json = await ambit(undefined, "approvals", "list", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject([{ id, status: "pending", notYours: null }]);
});

test("nothing that waits is said in words", async () => {
  expect((await ambit(undefined, "approvals", "list", "--history")).stdout).toBe("no request\n");
});

test("each page of a long list is read", async () => {
  for (let n = 0; n < 120; n += 1) {
    await world.ask({ order: `A-${n}`, user: { issuer: "https://login.acme.example", subject: `user-${n}` } });
  }
  const { stdout } = await ambit(undefined, "approvals", "list", "--json");
  expect(JSON.parse(stdout)).toHaveLength(120);
});

test("a person approves what was shown, to the last argument", async () => {
  const { id, digest } = await world.ask();
  const { code, stdout } = await ambit("approve", "approve", id, "--reason", "as agreed");
  expect(code).toBe(0);
  for (const text of [
    digest,
    "payments.refund",
    "pay.acme.example",
    "front.answer → worker.refund",
    '"order": "A-1"',
  ]) {
    expect(stdout).toContain(text);
  }
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("approved");
  expect(asked).toEqual(['approve exactly this? Write "approve" to do so: ']);
  expect(world.events).toMatchObject([
    { kind: "approval.decided", facts: { verdict: "approved", reason: "as agreed" } },
  ]);
});

test("a person refuses with a reason", async () => {
  const { id } = await world.ask();
  const { code, stdout } = await ambit("refuse", "refuse", id, "--reason", "not agreed");
  expect([code, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "refused"]);
  expect(world.events).toMatchObject([{ facts: { verdict: "refused", reason: "not agreed" } }]);
});

test("a script decides by the digest that was shown, and is asked nothing", async () => {
  const { id, digest } = await world.ask();
  const { code, stdout } = await ambit(undefined, "approve", id, "--digest", digest, "--json");
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { id, status: "approved" }]);
  expect(asked).toEqual([]);
});

test("where two must approve, the first one is told so", async () => {
  const { id } = await world.ask({ people: 2 });
  const { stderr, stdout } = await ambit("approve", "approve", id);
  expect(stderr).toBe("");
  expect(stdout).toContain("pending, 0 of 2 have approved");
  expect(stdout).toContain("approved by you: another person must approve too");
});

test("what would not be seen is shown, and told of", async () => {
  const { id } = await world.ask({ order: "A-1\u202e00\u200b\u001b[2J" });
  const { stdout } = await ambit(undefined, "approvals", "show", id);
  expect(stdout).toContain('"order": "A-1⟨U+202E⟩00⟨U+200B⟩\\u001b[2J"');
  expect(stdout).toContain("some characters would not be seen");
  expect(stdout).not.toMatch(/[\u202e\u200b\u001b]/);
});

test.each([
  ["a long row of blanks", `A-1${" ".repeat(40)}B-2`, "A-1⟨space × 40⟩B-2"],
  ["marks that pile up", `A-1${"\u0301".repeat(5)}`, "A-1⟨U+0301 × 5⟩"],
  ["a line separator", "A-1\u2028B-2", "A-1⟨U+2028⟩B-2"],
])("%s is written out, as on the page", async (_, order, written) => {
  const { id } = await world.ask({ order });
  const { stdout } = await ambit(undefined, "approvals", "show", id);
  expect(stdout).toContain(`"order": "${written}"`);
  expect(stdout).not.toContain(order);
  expect(stdout).toContain("some characters would not be seen");
});

test.each([
  ["Cyrillic letters", "p\u0430y", "has Cyrillic letters, in one word with Latin letters"],
  ["letters from right to left", "\u05d0\u05d1", "has letters that are written from right to left"],
  ["full-width letters", "\uff21-1", "has full-width or mathematical letters"],
])("%s are noted, as on the page", async (_, order, note) => {
  const { id } = await world.ask({ order });
  expect((await ambit(undefined, "approvals", "show", id)).stdout).toContain(`note: "${order}" ${note}`);
});

test("plain arguments have no note", async () => {
  const { id } = await world.ask({ order: "A-1" });
  const { stdout } = await ambit(undefined, "approvals", "show", id);
  expect(stdout).not.toMatch(/note:|would not be seen/);
});

describe("nothing is decided", () => {
  const undecided = async (answer: string | undefined, args: readonly string[]) => {
    const result = await ambit(answer, ...args);
    expect(world.events.filter(({ kind }) => kind === "approval.decided")).toEqual([]);
    return [result.code, result.stderr];
  };

  test.each([["yes"], ["y"], [""], ["refuse"]])("where the person says %p", async (answer) => {
    const { id } = await world.ask();
    expect(await undecided(answer, ["approve", id])).toEqual([1, "ambit: nothing was decided\n"]);
  });

  test("where no terminal asks", async () => {
    const { id } = await world.ask();
    const message = "ambit: no terminal asks: name the request that was shown by --digest\n";
    expect(await undecided(undefined, ["approve", id])).toEqual([64, message]);
  });

  test("where the digest is another one", async () => {
    const { id } = await world.ask();
    const [code, told] = await undecided("approve", ["approve", id, "--digest", "sha256:00"]);
    expect([code, told]).toEqual([
      1,
      "ambit: the digest is that of another request, got sha256:00: read the request again\n",
    ]);
  });

  test("where a refusal has no reason", async () => {
    const { id } = await world.ask();
    const [code, told] = await undecided("refuse", ["refuse", id]);
    expect([code, told]).toEqual([64, expect.stringContaining("--reason")]);
  });

  test("where the exchange refuses, which says why and what to do", async () => {
    const { id } = await world.ask({ owners: ["carol@acme.example"] });
    const [code, told] = await undecided("approve", ["approve", id]);
    expect([code, told]).toEqual([
      1,
      expect.stringMatching(/^ambit: the owner .*: ask another .*\[decide\.by-owner\]\n$/),
    ]);
  });
});

describe("fails", () => {
  const show = (id: string, ...args: readonly string[]) => called([approvalsCommand], "approvals", "show", id, ...args);

  test("when the person is of another group, with the reason and the fix", async () => {
    const { id } = await world.ask();
    const { code, stderr, stdout } = await show(
      ...([id, "--exchange", exchange, "--ca", ca, "--spiffe-id", EXCHANGE, "--id-token-file", stranger] as const),
    );
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^ambit: the person is not in the group .*\[decide\.other-group\]\n$/);
  });

  test("when another server answers in the exchange's place", async () => {
    const { id } = await world.ask();
    const other = `${EXCHANGE}-other`;
    const { code, stderr } = await show(
      ...([id, "--exchange", exchange, "--ca", ca, "--spiffe-id", other, "--id-token-file", carol] as const),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`the exchange must show ${other}, got URI:${EXCHANGE}`);
  });

  test("when no authority vouches for the exchange", async () => {
    const { id } = await world.ask();
    const { code, stderr } = await show(id, "--exchange", exchange, "--spiffe-id", EXCHANGE, "--id-token-file", carol);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^ambit: the exchange cannot be reached: /)]);
  });

  test.each([
    ["the address is plain http", ["--exchange", "http://127.0.0.1"], "--exchange must be the https address"],
    ["there is no address", [], "--exchange must be the https address"],
  ])("when %s", async (_, args, message) => {
    const { code, stderr } = await show("id", ...args, "--id-token-file", carol);
    expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
  });

  test.each([
    ["no ID token is named", []],
    ["the file has something else", ["--id-token-file", ca]],
  ])("when %s", async (_, args) => {
    const { code, stderr } = await show("id", "--exchange", exchange, ...args);
    expect([code, stderr]).toEqual([
      64,
      "ambit: no ID token: run ambit login, name its file by --id-token-file, or set AMBIT_ID_TOKEN\n",
    ]);
  });
});

import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { approvalsCommand } from "../../cli/approvals";
import { loginCommand } from "../../cli/login";
import { keepToken, keptToken, keptTokenFile } from "../../cli/login/kept-token";
import { loopbackLogin } from "../../cli/login/loopback";
import { type Io, run } from "../../cli/program";
import { operatorInterface } from "../../cli/stop/flags";
import { OpenIdProvider } from "../../runtime/exchange/approver-page/identity-provider";
import { OpenIdServer } from "../support/approver-page/openid-server";
import { called, scratch } from "../support/cli";

const CLIENT = "ambit-approvals";
const EXCHANGE = "https://exchange.acme.example";
/** A login for this exchange, with an ID token */
const kept = (idToken: string, exchange = EXCHANGE) => ({ exchange, idToken });
const server = new OpenIdServer();
const folder = scratch("login");
const before = process.env.XDG_STATE_HOME;
let tests = 0;
let ca: string;

beforeAll(async () => {
  await server.start();
  ca = folder.put("ca.pem", server.authority.bundle);
});
afterAll(async () => {
  if (before === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = before;
  await server.close();
});
beforeEach(() => {
  tests += 1;
  process.env.XDG_STATE_HOME = join(folder.path, `state-${tests}`);
  Object.assign(server.faults, { claims: { email: "bob@acme.example" }, answer: undefined });
  Object.assign(server, { hasDevices: true, deviceAnswers: [] });
});

/** @param browser goes where the person is told to go */
async function login(browser: (url: URL) => Promise<unknown>, ...more: readonly string[]) {
  const said = { out: "", err: "" };
  const visits: Promise<unknown>[] = [];
  const io: Io = {
    out: (text) => void (said.out += text),
    err: (text) => {
      said.err += text;
      const [, url] = /open in a browser: ([^\s,]+)/.exec(text) ?? [];
      if (url !== undefined) visits.push(browser(new URL(url)));
    },
  };
  const flags = ["--exchange", `${EXCHANGE}/`, "--issuer", server.issuer, "--client-id", CLIENT, "--ca", ca];
  const code = await run([loginCommand], ["login", ...flags, ...more], io);
  await Promise.all(visits);
  return { code, ...said };
}

/** A person logs in, and the provider leads the browser back */
const back = async (url: URL, change: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${url.searchParams.get("redirect_uri")}${server.loggedIn(url.href, change)}`, {
    headers: { connection: "close" },
  });

test("a login by a browser keeps the ID token for its user alone, and prints nothing of it", async () => {
  let page: Response | undefined;
  const { code, out, err } = await login(async (url) => (page = await back(url)));
  expect([code, page?.status, page?.headers.get("content-security-policy")]).toEqual([
    0,
    200,
    "default-src 'none'; frame-ancestors 'none'",
  ]);
  const file = keptTokenFile();
  const { exchange, idToken: token } = JSON.parse(readFileSync(file, "utf8")) as ReturnType<typeof kept>;
  expect([exchange, keptToken(new URL(EXCHANGE))]).toEqual([EXCHANGE, token]);
  expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(out).toMatch(
    /^logged in as bob@acme\.example until 20\S+Z for https:\/\/exchange\.acme\.example, kept in \S+\/ambit\/login\.json\n$/,
  );
  expect(`${out}${err}`).not.toContain(token.split(".")[2]);
});

test("the browser is sent with PKCE, to the loopback, for a login of the last 15 min", async () => {
  let asked = new URLSearchParams();
  await login(async (url) => ((asked = url.searchParams), back(url)));
  expect(Object.fromEntries(asked)).toMatchObject({
    client_id: CLIENT,
    code_challenge_method: "S256",
    max_age: "900",
    response_type: "code",
    scope: expect.stringContaining("openid") as string,
  });
  expect(asked.get("redirect_uri")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/signed-in$/);
});

test("what another program of the machine sends ends nothing, and the login goes on", async () => {
  const statuses: number[] = [];
  const { code } = await login(async (url) => {
    const redirect = url.searchParams.get("redirect_uri") ?? "";
    for (const address of [redirect, `${redirect}?code=x&state=y`, redirect.replace("signed-in", "other")])
      statuses.push((await fetch(address, { headers: { connection: "close" } })).status);
    statuses.push((await back(url)).status);
  });
  expect([code, statuses]).toEqual([0, [404, 404, 404, 200]]);
});

test.each([
  ["the answer is of another issuer", { iss: "https://other.example" }, {}],
  ["the person did not agree", { error: "access_denied" }, {}],
  ["the code is another one", { code: "other" }, {}],
  ["the ID token is for another client", {}, { aud: "other" }],
  ["the ID token has another nonce", {}, { nonce: "other" }],
  ["the login is too old", {}, { auth_time: 1 }],
])("fails when %s, and keeps nothing", async (_, change, claims) => {
  Object.assign(server.faults, { claims });
  const { code, err } = await login((url) => back(url, change));
  expect([code, existsSync(keptTokenFile())]).toEqual([1, false]);
  expect(err).toContain("ambit: the login failed: ");
});

test("a connection that sends nothing, as browsers open them ahead, does not keep the command", async () => {
  const silent: Socket[] = [];
  const { code } = await login(async (url) => {
    const { port } = new URL(url.searchParams.get("redirect_uri") ?? "");
    const socket = connect(Number(port), "127.0.0.1");
    silent.push(socket);
    await once(socket, "connect");
    return back(url);
  });
  expect(code).toBe(0);
  const [socket] = silent as [Socket];
  if (!socket.closed) await once(socket, "close");
});

test("where a login cannot be kept, nothing of it is left", () => {
  mkdirSync(keptTokenFile(), { recursive: true, mode: 0o700 });
  expect(() => keepToken(kept("x.y.z"))).toThrow("cannot be written");
  expect(readdirSync(dirname(keptTokenFile()))).toEqual(["login.json"]);
});

test("fails when no browser comes back in time", async () => {
  const provider = new OpenIdProvider(server.authority.bundle);
  const login = { provider, issuer: server.issuer, clientId: CLIENT, recentLoginSeconds: 900, milliseconds: 30 };
  await expect(loopbackLogin({ ...login, visit: () => undefined })).rejects.toThrow(
    "no browser came back in time: run ambit login",
  );
});

test("a login by another machine's browser waits for the person, and keeps the ID token", async () => {
  server.deviceAnswers = ["authorization_pending"];
  const visited: string[] = [];
  const { code, err } = await login(async ({ href }) => visited.push(href), "--device");
  expect([code, visited]).toEqual([0, [`${server.issuer}/activate`]]);
  expect(err).toContain("and compare the code BDPL-KHTM");
  expect(keptToken(new URL(EXCHANGE))).toBeDefined();
});

test.each([
  ["the person refuses", () => (server.deviceAnswers = ["access_denied"]), "the login failed: "],
  ["the code is over", () => (server.deviceAnswers = ["expired_token"]), "the login failed: "],
  ["the provider has no device flow", () => (server.hasDevices = false), "has no device flow: leave --device out"],
  [
    "the ID token does not say when the person logged in",
    () => Object.assign(server.faults, { claims: { auth_time: undefined } }),
    "gave an ID token without auth_time",
  ],
  [
    "the ID token is for another client",
    () => Object.assign(server.faults, { claims: { aud: "other" } }),
    "the login failed: ",
  ],
])("fails by device when %s, and keeps nothing", async (_, prepare, message) => {
  prepare();
  const { code, err } = await login(async () => undefined, "--device");
  expect([code, existsSync(keptTokenFile())]).toEqual([1, false]);
  expect(err).toContain(message);
});

test.each([
  [
    ["--issuer", "https://login.acme.example", "--client-id", "x"],
    "--exchange must be the https address of the exchange",
  ],
  [
    ["--exchange", "http://a", "--issuer", "https://login.acme.example", "--client-id", "x"],
    '--exchange must be the https address of the exchange, got "http://a"',
  ],
  [
    ["--exchange", EXCHANGE, "--issuer", "http://login.acme.example", "--client-id", "x"],
    "--issuer must be the https address",
  ],
  [["--client-id", "x"], "required option '--issuer <url>' not specified"],
  [["--issuer", "https://login.acme.example"], "required option '--client-id <id>' not specified"],
])("fails when called with %j", async (args, message) => {
  const { code, stderr } = await called([loginCommand], "login", ...args);
  expect([code, stderr.includes(message)]).toEqual([64, true]);
});

test("the kept token is used where none is named, and the named one before it", () => {
  const token = server.idToken(CLIENT);
  keepToken(kept(token));
  const used = operatorInterface({ exchange: EXCHANGE });
  expect(JSON.stringify(used)).toContain(token);
  const other = folder.put("other", "other.token.x");
  expect(JSON.stringify(operatorInterface({ exchange: EXCHANGE, idToken: other }))).toContain("other.token.x");
});

test.each(["https://EXCHANGE.acme.example", "https://exchange.acme.example:443"])(
  "the kept token is used at the same exchange, written as %s",
  (exchange) => {
    keepToken(kept(server.idToken(CLIENT)));
    expect(operatorInterface({ exchange })).toBeDefined();
  },
);

test.each([
  "https://exchange.staging.acme.example",
  "https://exchange.acme.example.evil.example",
  "https://exchange.acme.example:8443",
  "https://exchange.acme.example.",
])("the kept token is not sent to another exchange, such as %s", async (exchange) => {
  keepToken(kept(server.idToken(CLIENT)));
  const message = `the login that is kept is for ${EXCHANGE} and is not sent to ${exchange}: run ambit login --exchange ${exchange}`;
  expect(() => operatorInterface({ exchange })).toThrow(message);
  const { code, stderr } = await called([approvalsCommand], "approvals", "list", "--exchange", exchange);
  expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
});

test("the kept token is for the exchange of AMBIT_EXCHANGE where none is named", async () => {
  const named = process.env.AMBIT_EXCHANGE;
  process.env.AMBIT_EXCHANGE = "https://other.acme.example";
  try {
    keepToken(kept(server.idToken(CLIENT)));
    const { stderr } = await called([approvalsCommand], "approvals", "list");
    expect(stderr).toContain("is not sent to https://other.acme.example");
  } finally {
    if (named === undefined) delete process.env.AMBIT_EXCHANGE;
    else process.env.AMBIT_EXCHANGE = named;
  }
});

const NEARBY = "https://127.0.0.1:9";
const write = (text: string, mode = 0o600): void => {
  mkdirSync(dirname(keptTokenFile()), { recursive: true, mode: 0o700 });
  writeFileSync(keptTokenFile(), text, { mode });
};

test.each([
  [
    "its time is over",
    () => keepToken(kept(server.idToken(CLIENT, { exp: 1 }), NEARBY)),
    "the login that is kept is over",
  ],
  ["it is no token", () => keepToken(kept("x", NEARBY)), "the login that is kept is over: run ambit login"],
  [
    "it names no exchange",
    () => write(server.idToken(CLIENT)),
    "is no login that was kept: remove it, and run ambit login",
  ],
  ["its exchange is none", () => write('{"exchange":1,"idToken":"x.y.z"}'), "is no login that was kept"],
  [
    "others may read it",
    () => write(JSON.stringify(kept(server.idToken(CLIENT), NEARBY)), 0o644),
    "may be read by other users of this machine: remove it, and run ambit login",
  ],
  [
    "others may have written it",
    () => chmodSync(dirname(keepToken(kept(server.idToken(CLIENT), NEARBY))), 0o770),
    "may be written by other users of this machine: chmod go-w it, and run ambit login",
  ],
  [
    "it is a link to another file",
    () => {
      mkdirSync(dirname(keptTokenFile()), { recursive: true, mode: 0o700 });
      symlinkSync(folder.put("linked", JSON.stringify(kept(server.idToken(CLIENT), NEARBY))), keptTokenFile());
    },
    "is a symbolic link: remove it, and run ambit login",
  ],
  ["there is none", () => undefined, "no ID token: run ambit login, name its file by --id-token-file"],
])("fails when a kept token is to be used, and %s", async (_, prepare, message) => {
  prepare();
  const { stderr } = await called([approvalsCommand], "approvals", "list", "--exchange", NEARBY);
  expect(stderr).toContain(message);
});

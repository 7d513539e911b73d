import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority } from "../../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../../cli/dev/development-files";
import { SCOPE, signedFile } from "../../../../cli/dev/development-registry";
import { readConfig } from "../../../../runtime/exchange/config";
import { startExchange } from "../../../../runtime/exchange/server";
import { told } from "../../../../runtime/log";
import { KeyFileSigner } from "../../../../runtime/signer/key-file-signer";
import { selfStartingDocument } from "../../../support/exchange/self-starting-document";
import { tlsFetch } from "../../../support/exchange/tls-fetch";
import { programOf } from "../../../support/program";

const TRUST_DOMAIN = "prod.acme.example";
const folder = mkdtempSync(join(tmpdir(), "ambit-main-"));
const authority = new DevelopmentAuthority(TRUST_DOMAIN);
const files = new DevelopmentFiles(folder, authority, [
  {
    name: "exchange",
    spiffeId: `spiffe://${TRUST_DOMAIN}/ns/ambit-system/sa/ambit-exchange`,
    names: { dnsNames: [], ipAddresses: ["127.0.0.1"] },
  },
  { name: "foreign", spiffeId: "spiffe://other.example/exchange" },
]);
const running: ChildProcess[] = [];
let main: string;

beforeAll(async () => {
  main = await programOf("runtime/exchange/main.ts");
  files.renew();
  const signer = new KeyFileSigner(files.privateKey("registry-key"));
  const document = selfStartingDocument("https://users.example", "https://starter.example");
  files.write("registry.signed", await signedFile(document, signer));
  files.write("registry.pub", await signer.publicKeyPem());
  files.privateKey("signing-key");
});
afterEach(() => running.splice(0).forEach((process) => process.kill("SIGKILL")));
afterAll(() => rmSync(folder, { recursive: true }));

const config = (change: object = {}): string => {
  const path = join(folder, "exchange.json");
  const value = {
    issuer: "https://127.0.0.1:8443",
    trustDomain: TRUST_DOMAIN,
    listen: { host: "127.0.0.1", port: 0 },
    tls: { files: { certificate: files.certificate("exchange"), key: files.key("exchange"), bundle: files.bundle } },
    jwtSvid: { jwksUri: "https://127.0.0.1:1/keys" },
    store: { memory: {} },
    registry: { from: { file: files.path("registry.signed") }, publicKeys: [files.path("registry.pub")], scope: SCOPE },
    signingKeys: [{ file: files.path("signing-key.pem") }],
    services: { introspect: [], state: [] },
    ...change,
  };
  writeFileSync(path, JSON.stringify(value));
  return path;
};

interface Line {
  readonly event: string;
  readonly [fact: string]: unknown;
}

/** The process as it is started in a container, and what it says until `event` or its end */
function started(path: string) {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, AMBIT_CONFIG: path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  const lines: Line[] = [];
  let [out, errors] = ["", ""];
  const looking = new Set<() => void>();
  child.stdout.on("data", (data: Buffer) => {
    out += data.toString();
    const whole = out.split("\n");
    out = whole.pop() as string;
    lines.push(...whole.map((line) => JSON.parse(line) as Line));
    for (const look of looking) look();
  });
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const said = (event: string): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = lines.find((one) => one.event === event);
        if (line !== undefined) resolve(line);
      };
      looking.add(look);
      look();
      void ended.then((code) => reject(new Error(`ended with ${code}: ${JSON.stringify(lines)} ${errors}`)));
    });
  return { child, lines, said, ended, errors: () => errors };
}

test("it serves what its configuration says, one line per event, and ends at Ctrl-C", async () => {
  const exchange = started(config());
  const { port } = await exchange.said("exchange.started");
  const ready = await tlsFetch({ ca: authority.bundle })(`https://127.0.0.1:${port}/ready`);
  expect([ready.status, await ready.text()]).toEqual([200, '{"status":"ok"}']);
  const refused = await tlsFetch({ ca: authority.bundle })(`https://127.0.0.1:${port}/token`, { method: "POST" });
  expect(refused.status).toBe(401);
  exchange.child.kill("SIGINT");
  expect(await exchange.ended).toBe(0);
  expect(exchange.lines.map(({ event }) => event)).toEqual([
    "registry.taken",
    "exchange.started",
    "request.refused",
    "exchange.stopping",
    "exchange.stopped",
  ]);
  expect(exchange.errors()).toBe("");
});

test("at SIGTERM it is not ready any more, answers what still comes, and then ends", async () => {
  const exchange = started(config());
  const { port } = await exchange.said("exchange.started");
  const asked = tlsFetch({ ca: authority.bundle });
  exchange.child.kill("SIGTERM");
  await exchange.said("exchange.stopping");
  const ready = await asked(`https://127.0.0.1:${port}/ready`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: "unready", not_ready: ["process"] }]);
  expect(ready.headers.get("connection")).toBe("close");
  expect((await asked(`https://127.0.0.1:${port}/jwks`)).status).toBe(200);
  expect(await exchange.ended).toBe(0);
  expect(exchange.lines.at(-1)?.event).toBe("exchange.stopped");
});

test("it serves without a registry, and says that it is not ready", async () => {
  const exchange = started(
    config({ registry: { from: { file: "/not/there" }, publicKeys: [files.path("registry.pub")], scope: SCOPE } }),
  );
  const { port } = await exchange.said("exchange.started");
  const ready = await tlsFetch({ ca: authority.bundle })(`https://127.0.0.1:${port}/ready`);
  expect([ready.status, await ready.json()]).toEqual([503, { status: "unready", not_ready: ["registry"] }]);
  expect(await exchange.said("registry.refused")).toMatchObject({ because: expect.stringContaining("/not/there") });
});

test("it fails in one line without a stack", async () => {
  const exchange = started(config({ issuer: "http://x" }));
  expect(await exchange.ended).toBe(1);
  const last = exchange.lines.at(-1) as Line;
  expect(Object.keys(last)).toEqual(["time", "event", "because"]);
  const because = expect.stringMatching(/^ConfigError: .*exchange\.json: issuer must be an https origin/);
  expect(last).toMatchObject({ event: "exchange.crashed", because });
  expect(exchange.errors()).toBe("");
});

test.each<readonly [what: string, path: () => string, because: RegExp]>([
  ["there is no configuration", () => join(folder, "none.json"), /^ConfigError: AMBIT_CONFIG must name a file/],
  [
    "a signing key is not there",
    () => config({ signingKeys: [{ file: "/no.pem" }] }),
    /SignerError: the key file must be/,
  ],
  [
    "a public key is not there",
    () => config({ registry: { from: { file: "/x" }, publicKeys: ["/no.pub"], scope: "x" } }),
    /ConfigError: registry\.publicKeys\[0\] must name a file/,
  ],
  [
    "its SVID is of another trust domain",
    () =>
      config({
        tls: { files: { certificate: files.certificate("foreign"), key: files.key("foreign"), bundle: files.bundle } },
      }),
    /ConfigError: the exchange's own SVID must be of trust domain prod\.acme\.example, got spiffe:\/\/other\.example\/exchange/,
  ],
  [
    "its CA is not there",
    () => config({ jwtSvid: { jwksUri: "https://x.example", ca: "/no.ca" } }),
    /ConfigError: jwtSvid\.ca must name a file/,
  ],
])("fails when %s", async (_, path, because) => {
  const starting = (async () => startExchange(readConfig(path()), { log: () => undefined }))();
  expect(
    told(
      await starting.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  ).toMatch(because);
});

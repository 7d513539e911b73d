import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Cluster } from "../../../cli/deploy/cluster";
import type { DeployedStack } from "../../../cli/deploy/plan";
import { CliError } from "../../../cli/program";
import { certificate } from "../../support/certificate";
import { scratch } from "../../support/cli";

const place = scratch("cluster");
const ADDRESS = [127, 0, 0, 1] as const;
const own = certificate({ commonName: "kubernetes", ipAddress: ADDRESS });
const other = certificate({ commonName: "kubernetes", ipAddress: ADDRESS });

let server: Server;
const tokens: string[] = [];
beforeAll(async () => {
  server = createServer({ cert: own.cert, key: own.key }, (request, answer) => {
    tokens.push(String(request.headers.authorization));
    const status =
      { "/gone": 404, "/broken": 500, "/once": tokens.length === 1 ? 401 : 200 }[String(request.url)] ?? 200;
    answer.writeHead(status).end(JSON.stringify({ at: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => void (tokens.length = 0));

/** As `aws eks get-token` does */
function program(name: string, text: string): string {
  const path = join(place.path, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function stack(provider: object): DeployedStack {
  return { name: "spire", workingDirectory: "stacks/spire", file: { provider: { kubernetes: [provider as never] } } };
}

function asked(command: string, ca = own.cert) {
  const { port } = server.address() as AddressInfo;
  const exec = [{ api_version: "client.authentication.k8s.io/v1", command, args: ["--name", "prod"] }];
  return Cluster.of(stack({ host: `https://127.0.0.1:${port}`, cluster_ca_certificate: ca, exec }));
}

const good = program("good", `[ "$*" = "--name prod" ] && echo '{"status":{"token":"t1"}}'`);

test("the cluster is asked as the provider is told to: its host, its certificate, and a token of its program", async () => {
  await expect(asked(good).get("/api/v1/pods?limit=1")).resolves.toEqual({ at: "/api/v1/pods?limit=1" });
  expect(tokens).toEqual(["Bearer t1"]);
});

test("what is not there is undefined, and a token that has ended is asked for again, once", async () => {
  await expect(asked(good).get("/gone")).resolves.toBeUndefined();
  tokens.length = 0;
  await expect(asked(good).get("/once")).resolves.toEqual({ at: "/once" });
  expect(tokens).toHaveLength(2);
});

test.each([
  [
    "another certificate answers",
    () => asked(good, other.cert).get("/"),
    /does not answer: .*(self.signed|certificate)/,
  ],
  ["the answer is an error", () => asked(good).get("/broken"), /answered 500 for \/broken/],
  ["the program fails", () => asked(program("bad", "echo no login >&2; exit 3")).get("/"), /ended with 3.*: no login/],
  ["the program prints no token", () => asked(program("empty", "echo {}")).get("/"), /must print an ExecCredential/],
])("fails when %s", async (_, ask, message) => {
  await expect(ask()).rejects.toThrow(message);
});

test.each([
  ["nothing", {}],
  ["no program", { host: "https://k8s", cluster_ca_certificate: "ca" }],
  ["a kubeconfig", { config_path: "~/.kube/config" }],
])("fails when the provider names %s", (_, provider) => {
  expect(() => Cluster.of(stack(provider))).toThrow(CliError);
  expect(() => Cluster.of(stack(provider))).toThrow(/stack spire does not say how to ask its cluster/);
});

import { deepStrictEqual as equal, ok } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { envoyFile, FILE, FOLDER, usersFile } from "../../../constructs/gateway/private/gateway-files";
import { gatewayPod } from "../../../constructs/gateway/private/gateway-pod";
import { fleet } from "../../../fleet";
import { platform } from "../../../fleet/platform";
import { succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { type Client, DrainWorld } from "./drain-world";

const CONNECTIONS = 8;
/** Answers that each client gets before the drain, and again once it has begun */
const ENOUGH = 20;

/** Envoy alone with an authorizer that allows everything: what it is started with, and how it ends */
export function drainChecks(suite: Suite, envoy: Check<string>): void {
  suite.check(
    "gateway: Envoy takes the example fleet's configuration and its arguments",
    [envoy],
    async ([program]) => {
      const folder = mkdtempSync(join(tmpdir(), "ambit-"));
      suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
      const authorities = DrainWorld.authorities();
      writeFileSync(join(folder, FILE.authorities), authorities);
      const resources = { address: "https://gateway.example", issuer: "https://exchange.example" };
      const users = {
        certificate: "ambit-users-tls",
        origins: ["https://desk.acme.example"],
        requestsPerSecond: 50,
        clientCidrs: ["0.0.0.0/0"],
        annotations: {},
      };
      const text = envoyFile(platform, fleet, { authorities, resources, users });
      writeFileSync(join(folder, FILE.envoy), text.replaceAll(FOLDER.config, folder));
      writeFileSync(join(folder, FILE.users), usersFile().replaceAll(FOLDER.users, folder));
      const [container] = gatewayPod({
        images: { envoy: "e", authorizer: "a" },
        resources: { envoy: { cpu: "1", memory: "1" }, authorizer: { cpu: "1", memory: "1" } },
        platform,
        usersSecret: users.certificate,
      }).containers;
      const args = (container?.args ?? []).map((arg) => arg.replace(FOLDER.config, folder));
      const { stdout, stderr } = await succeed(program, [...args, "--mode", "validate"]);
      ok(`${stdout}${stderr}`.includes("OK"), stderr);
      equal(readFileSync(join(folder, FILE.envoy), "utf8").includes(FOLDER.config), false);
    },
  );

  const world = suite.check("gateway: Envoy runs by identities in files", [envoy], ([program]) =>
    DrainWorld.start(suite, program),
  );

  suite.check(
    `gateway: while it drains, no request of ${CONNECTIONS} kept connections fails, and each learns to come by another`,
    [world],
    async ([at], note) => {
      equal(await asked(at.podPort, "/ready"), 200);
      const clients = Array.from({ length: CONNECTIONS }, () => at.client());
      const slow = at.client();
      const [warm, begun] = [enough(clients), slow.call("/tools/crm/slow")];
      await Promise.all([at.slowArrived, warm]);
      equal(
        clients.map(({ connections }) => connections),
        clients.map(() => 1),
      );
      const streaming = clients.map(async (client) => {
        while (client.connections === 1) equal(await client.call("/tools/crm/records/42"), 200);
      });
      const drained = asked(at.podPort, "/drain");
      await Promise.all(streaming);
      equal(await asked(at.podPort, "/ready"), 503);
      await enough(clients);
      at.answerSlow();
      equal(await begun, 200);
      ok(
        clients.every(({ connections }) => connections > ENOUGH),
        "a connection was kept although Envoy drains",
      );
      note(`connections used: ${clients.map(({ connections }) => connections).join(" ")}`);
      equal(await drained, 200);
      equal(await asked(at.podPort, "/drain"), 200);
      equal(await asked(at.podPort, "/live"), 200);
      await at.envoy.stop();
      clients.forEach((client) => client.close());
      slow.close();
    },
  );
}

async function enough(clients: readonly Client[]): Promise<void> {
  await Promise.all(
    clients.map(async (client) => {
      for (let times = 0; times < ENOUGH; times += 1) equal(await client.call("/tools/crm/records/42"), 200);
    }),
  );
}

function asked(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, agent: false }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode));
    }).once("error", reject);
  });
}

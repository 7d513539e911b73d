import { deepStrictEqual as equal, ok } from "node:assert";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { certificate } from "../../support/certificate";
import { synthesize } from "../../support/example-app";
import { serve } from "../harness/server";
import type { Check, Suite } from "../harness/suite";
import { renderedObjects } from "../spire/objects";
import { opaContainerIn } from "./opa-container";

/** Where the files of the pod lie in the container, and here */
const PLACES = { config: "/etc/ambit-opa", svid: "/run/ambit-opa/svid", kept: "/var/lib/ambit-opa" };

/** The files and the arguments that the control stack gives OPA, as they are. */
export function deployedChecks(suite: Suite, opa: Check<string>, folder: string): void {
  suite.check(
    "deployed: OPA takes the control stack's files, and is not ready without a bundle",
    [opa],
    async (needs) => {
      const [program] = needs;
      const { args, files } = opaContainerIn(renderedObjects(synthesize(), ["control"]));
      const place = (text: string): string =>
        Object.entries(PLACES).reduce((moved, [name, path]) => moved.replaceAll(path, join(folder, name)), text);
      for (const name of Object.keys(PLACES)) mkdirSync(join(folder, name), { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(
          join(folder, "config", name),
          place(text.replace('"the public key, as JSON"', JSON.stringify(pem()))),
        );
      }
      const authority = certificate({ commonName: "authority" });
      const issuer = { commonName: "authority", key: authority.key };
      const own = certificate({
        commonName: "opa",
        uris: ["spiffe://prod.acme.example/ns/ambit-system/sa/ambit-opa"],
        issuer,
      });
      for (const [name, text] of Object.entries({
        "svid.pem": own.cert,
        "key.pem": own.key,
        "authorities.pem": authority.cert,
      })) {
        writeFileSync(join(folder, "svid", name), text);
      }
      const [port, diagnostics] = [await freePort(), await freePort()];
      const server = await serve({
        name: "opa",
        command: program,
        args: args.map((arg) =>
          place(arg).replace("0.0.0.0:8181", `127.0.0.1:${port}`).replace("0.0.0.0:8282", `127.0.0.1:${diagnostics}`),
        ),
        // Its token is missing, so no server is asked for the bundle.
        env: {
          AWS_REGION: "eu-central-1",
          AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/none",
          AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, "token"),
        },
        ready: async (said) =>
          (await fetch(`http://127.0.0.1:${diagnostics}/health`)).ok && said.includes("Bundle load failed"),
      });
      suite.afterwards(() => server.kill());
      equal((await fetch(`http://127.0.0.1:${diagnostics}/health?bundles`)).status, 500);
      ok(!server.said().includes("unknown configuration option"), server.said());
      ok(server.said().includes("unable to read web token"), server.said());
      await server.kill();
    },
  );
}

function pem(): string {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return publicKey.export({ type: "spki", format: "pem" }) as string;
}

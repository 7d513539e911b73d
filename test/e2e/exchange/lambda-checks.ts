import { deepStrictEqual as equal } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundle, BUNDLES } from "../../../images/bundles";
import { READER } from "../../support/exchange/lambda-world";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { lambdaClient } from "./lambda-client";
import { LambdaFleet } from "./lambda-fleet";
import { LambdaRuntime } from "./lambda-runtime";

const ROOT = resolve(__dirname, "../../..");

/** The function's bundle in a process of its own, which AWS's runtime interface client runs */
export function lambdaChecks(suite: Suite, moto: Check<Moto>): void {
  const client = suite.check("lambda: AWS's runtime interface client is installed", [], () => lambdaClient());
  const world = suite.check(
    "lambda: the bundle starts, with DynamoDB and KMS",
    [client, moto],
    async ([path, { url }]) => {
      const folder = mkdtempSync(join(tmpdir(), "ambit-lambda-"));
      suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
      bundle(ROOT, BUNDLES.lambda, join(folder, "bundle"));
      const fleet = await LambdaFleet.at(url, folder, suite);
      const runtime = new LambdaRuntime();
      suite.afterwards(() => runtime.stop());
      await runtime.start({ client: path, folder: join(folder, "bundle"), env: fleet.env });
      return { runtime, fleet };
    },
  );

  suite.check("lambda: an agent outside the cluster gets a token", [world], async ([{ runtime, fleet }]) => {
    const { statusCode, body } = await runtime.ask(fleet.tokenRequest());
    const { token_type, scope } = JSON.parse(body);
    equal([statusCode, token_type, scope], [200, "DPoP", "query"]);
  });
  suite.check("lambda: fails with a reason where nothing binds the token", [world], async ([{ runtime, fleet }]) => {
    const { statusCode, body } = await runtime.ask(fleet.tokenRequest(false));
    equal([statusCode, JSON.parse(body).reasons[0].code], [400, "binding.missing"]);
  });
  suite.check("lambda: fails where the certificate is only in the event", [world], async ([{ runtime, fleet }]) => {
    const { certificate } = fleet.authority.x509Svid(READER);
    const { statusCode, body } = await runtime.ask({ path: "/state/read", certificate });
    equal([statusCode, JSON.parse(body).reasons[0].code], [401, "client.unauthenticated"]);
  });
}

import { deepStrictEqual as equal } from "node:assert";
import { AmbitAudit } from "../audit/ambit-audit";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { askAgent } from "./ask-agent";
import { AUDIT_BUCKET, type AwsAccount } from "./aws/account";
import type { LogWitness } from "./aws/log-witness";
import { CLERK } from "./clerk-pods";
import type { Control } from "./control-checks";
import type { OneNode } from "./one-node";
import { temporary } from "./temporary";

const SECONDS = 120;
const LOG = `s3://${AUDIT_BUCKET}/log/`;
const EXCHANGES = ["-n", "ambit-system", "-l", "app.kubernetes.io/name=ambit-exchange", "-c", "exchange"];

/** A witness outside the cluster, and the log that the exchange's pods keep together */
export function witnessChecks(
  suite: Suite,
  node: Check<OneNode>,
  { aws, front, clerk, exchange }: Control,
  witness: LogWitness,
  called: Check,
): void {
  const cosigned = suite.check(
    "witness: it has cosigned the log of the exchange's pods, as ambit audit verify sees",
    [aws, exchange, called],
    async ([account], note) => {
      await until(() => isCosigned(account, witness), SECONDS, "the newest checkpoint has no cosignature");
      const audit = new AmbitAudit(account.url, witness.logVkey, temporary(suite, "audit"));
      const { code, stdout, stderr } = await audit.verify(LOG, "--witness", witness.vkey);
      equal(code, 0, `${stdout}${stderr}`);
      note(stdout.trim().split("\n")[0] ?? "");
    },
  );

  suite.check(
    "witness: that it is gone is alarmed while acts go on, and over when it is back and cosigns",
    [node, aws, front, clerk, cosigned],
    async ([on, account, { login }, pod], note) => {
      const begun = async (): Promise<void> => {
        const evidence = login.token(CLERK.evidence);
        const [status, said] = await askAgent(on, pod, "POST", "/v1/runs", { task: "look", start: "user", evidence });
        equal(status, 201, JSON.stringify(said));
      };
      witness.gone = true;
      try {
        await begun();
        const seconds = await until(
          () => hasTold(on, "audit.unwitnessed"),
          SECONDS,
          "no exchange says that it is gone",
        );
        note(`alarmed ${seconds.toFixed(1)} s later`);
        await begun();
      } finally {
        witness.gone = false;
      }
      await until(() => hasTold(on, "audit.witnessed"), SECONDS, "no exchange says that it is back");
      await until(() => isCosigned(account, witness), SECONDS, "what was written meanwhile is not cosigned");
    },
  );
}

async function isCosigned(account: AwsAccount, { vkey }: LogWitness): Promise<boolean> {
  const [name = ""] = vkey.split("+");
  const checkpoint = await account.object(AUDIT_BUCKET, "log/checkpoint").catch(() => "");
  return checkpoint.includes(`\u2014 ${name} `);
}

async function hasTold(on: OneNode, event: string): Promise<boolean> {
  const { stdout } = await on.kubectl(["logs", ...EXCHANGES, "--tail=-1"]);
  return stdout.includes(`"${event}"`);
}

import { deepStrictEqual as equal, ok } from "node:assert";
import { createPublicKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { noteKey, vkeyOf } from "../../../../runtime/audit/tlog/note-key";
import { AmbitAudit, type Said } from "../../audit/ambit-audit";
import { verdictIn } from "../../audit/reader-checks";
import { logPrograms } from "../../audit/programs";
import { fsckVerdict } from "../../audit/verified";
import { ACCOUNT, AUDIT_BUCKET } from "../../cluster/aws/account";
import { temporary } from "../../cluster/temporary";
import { COURIER_HOST } from "../../cluster/tools/hosts";
import type { Check, Suite } from "../../harness/suite";
import { until } from "../../harness/until";
import type { Cast } from "../cast";
import { copyOfBucket } from "../account/bucket-copy";
import { deliveredTrail } from "../account/delivered-trail";
import { storyApp } from "../fleet/story-app";
import { DESK_ORIGIN } from "../people/desk";
import { openRequest, saidBy } from "../people/open-request";
import type { Story } from "../story";
import type { Decided } from "./decided";

const CHAPTER = "One transaction";
const AGENT = "parcel-desk";
const PAYER = "parcel-payer";
const LOG_KEY = "alias/ambit/prod/audit-log";
const LOG = `s3://${AUDIT_BUCKET}/log/`;
const SECONDS = 120;

interface Step {
  readonly at: number;
  readonly lane: string;
  readonly kind: string;
  readonly file?: string;
}
interface Told {
  readonly steps: readonly Step[];
  readonly cloudtrail: {
    readonly isValidated: boolean;
    readonly isSound: boolean;
    readonly digests: number;
    readonly files: { readonly valid: number };
  };
}

/** What happens from the click on, in this order; what goes on besides may lie between. */
const IN_ORDER: readonly (readonly [lane: string, kind: string])[] = [
  ["exchange", "run.begun"],
  ["exchange", "aws.issued"],
  ["AWS", "sts.amazonaws.com AssumeRole"],
  ["AWS", "s3.amazonaws.com GetObject"],
  ["gateway", "approval.requested"],
  ["people", "approval.decided"],
  ["gateway", "call.spent"],
  ["gateway", "call.outcome"],
];

/** From a click in a browser to the event of CloudTrail, and told by one command */
export function traced(suite: Suite, story: Story, cast: Cast, decided: Check<Decided>, article: Check): Check {
  const { node, aws, front, users, desk } = cast;
  const settled = story.scene(
    CHAPTER,
    "hana clicks at the support desk, carol approves what her click asks for, and the courier pays",
    [node, front, users, decided, article],
    async ([on, { tools, login }, people, { browser, carol }], tell) => {
      desk.opens(people);
      tell(
        "stand-in",
        `${DESK_ORIGIN} is a page with a button, the login's client support-desk; hana is signed in there`,
      );
      const page = await (await browser.newContext({ colorScheme: "light" })).newPage();
      await page.goto(DESK_ORIGIN);
      const arrived = await tools.during(async () => {
        const clicked = page.getByRole("button", { name: "Settle the claim" }).click({ timeout: SECONDS * 1_000 });
        tell("asked", "Hana clicks: the courier is to pay for a lost parcel", "courier.compensate", ["hana", AGENT]);
        let isAnswered = false;
        const answering = clicked.then(() => (isAnswered = true));
        answering.catch(() => undefined);
        // While it loads, its page answers no question of ours either.
        const path = await openRequest(PAYER, carol, async () =>
          isAnswered ? `${await page.locator("body").innerText()}\n${await saidBy(on, [AGENT, PAYER])}` : "",
        );
        const text = await carol.visit(path);
        for (const said of [PAYER, "courier.compensate", "PX-2002", "18.5"]) ok(text.includes(said), text);
        await carol.approve("the parcel is lost");
        tell("allowed", "Carol of finance-controllers has read exactly that, and approves", undefined, [
          "carol",
          "approvals",
        ]);
        await clicked;
        await page.locator("#answer").waitFor({ timeout: SECONDS * 1_000 });
      });
      const answer = await page.locator("#answer").innerText();
      ok(answer.includes("compensate_customer"), answer);
      const paid = arrived.filter(({ host }) => host === COURIER_HOST);
      equal(
        paid.map(({ headers: { authorization } }) => login.gave(authorization)),
        [`hana ${PAYER} ${AGENT} parcels`],
      );
      tell(
        "allowed",
        "The courier pays once, with a token of Hana; the article was read in S3 for this run alone",
        undefined,
        [AGENT, "courier"],
      );
      tell.picture("What Hana sees", await page.screenshot({ type: "png" }));
      const run = (await page.locator("#run").innerText()).split(".")[0] as string;
      await page.context().close();
      return run;
    },
  );

  const delivered = story.scene(
    CHAPTER,
    "CloudTrail delivers what the trail's selectors choose, with a signed digest",
    [aws, front, settled],
    async ([account, { calls }], tell) => {
      const { chosen, all, keys, bucket } = await deliveredTrail(account.url, calls.arrived);
      tell(
        "stand-in",
        "moto has no CloudTrail: its files and digest are written here, of requests that did arrive, and signed by a key of this story",
      );
      tell("proven", `Of ${all} requests to STS and S3 the rendered selectors choose ${chosen}`, `s3://${bucket}`);
      return { place: `s3://${bucket}/AWSLogs/${ACCOUNT}/`, keys };
    },
  );

  return story.scene(
    CHAPTER,
    "ambit audit tells the transaction from the click to CloudTrail's event, and fsck accepts the log",
    [aws, decided, settled, delivered],
    async ([account, { browser }, txn, { place, keys }], tell) => {
      const folder = temporary(suite, "traced");
      const file = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const vkey = vkeyOf(noteKey(originIn(), createPublicKey(await account.publicKey(LOG_KEY))));
      const ambit = new AmbitAudit(account.url, file("log.vkey", vkey), join(folder, "cache"));
      const [page, trailKeys] = [join(folder, "trace.html"), file("keys.json", keys)];
      const trailed = ["--cloudtrail", place, "--cloudtrail-keys", trailKeys] as const;
      let said: Said = { code: -1, stdout: "", stderr: "" };
      await until(
        async () => {
          said = await ambit.trace(txn, LOG, ...trailed, "--json", "--html", page);
          return said.code === 0 && stepsIn(said).some(({ kind }) => kind === "call.outcome");
        },
        SECONDS,
        () => `${said.code}: ${said.stderr}${said.stdout}`,
      );
      const { steps, cloudtrail } = JSON.parse(said.stdout) as Told;
      let after = -1;
      for (const [lane, kind] of IN_ORDER) {
        const at = steps.findIndex((step, index) => index > after && step.lane === lane && step.kind === kind);
        ok(
          at > after,
          `${kind} of ${lane} does not come behind step ${after}: ${steps.map(({ kind: each }) => each).join(", ")}`,
        );
        after = at;
      }
      equal([cloudtrail.isValidated, cloudtrail.isSound, cloudtrail.digests], [true, true, 1]);
      ok(steps.filter(({ lane }) => lane === "AWS").every(({ file: state }) => state === "valid"));
      tell("proven", `${steps.length} steps, from the run that the click began to the object that S3 gave`, txn);
      const text = await ambit.trace(txn, LOG, ...trailed);
      equal(text.code, 0, text.stderr);
      for (const { kind } of steps.filter(({ lane }) => lane === "AWS"))
        ok(text.stdout.includes(kind.replace(".amazonaws.com", "")), text.stdout);
      const shown = await browser.newPage({ viewport: { width: 1_200, height: 900 }, colorScheme: "light" });
      await shown.goto(pathToFileURL(page).href);
      equal(await shown.locator("#picture circle").count(), steps.length);
      tell.picture(
        "The transaction as a page of ambit audit trace",
        await shown.screenshot({ type: "png", fullPage: true }),
      );
      await shown.close();

      const verified = await ambit.verify(LOG, ...trailed, "--json");
      const copy = await copyOfBucket(account.url, AUDIT_BUCKET, "log/", join(folder, "copy"));
      equal((await ambit.verify(copy)).code, 0);
      const { fsck } = await logPrograms();
      ok((await fsckVerdict(copy, join(folder, "log.vkey"), fsck)) !== undefined, "fsck does not accept it");
      tell(
        "proven",
        "The log that the exchange writes is sound, to ambit audit verify and to Tessera's fsck",
        verdictIn(verified),
      );
      const [first] = stepsIn(said);
      const out = join(folder, "proofs");
      const proven = await ambit.prove(LOG, "--record", String(first?.entry?.index), "--out", out, "--json");
      equal(proven.code, 0, proven.stderr);
      const [{ record, proof }] = JSON.parse(proven.stdout) as [{ readonly record: string; readonly proof: string }];
      equal((await ambit.verify("--proof", proof, "--record", record)).code, 0);
      tell(
        "proven",
        "Its first record has a proof that is verified without the log",
        `${readFileSync(proof).length} bytes`,
      );
      const tailed = await ambit.tail(LOG, "--lines", "100000", "--txn", txn, "--json");
      equal(tailed.code, 0, tailed.stderr);
      ok(tailed.stdout.includes('"kind":"call.outcome"'), tailed.stdout);
    },
  ) as Check;
}

type Placed = Step & { readonly entry?: { readonly index: number } };

function stepsIn({ stdout }: Said): readonly Placed[] {
  return (JSON.parse(stdout) as { readonly steps: readonly Placed[] }).steps;
}

function originIn(): string {
  const [, origin] = /"origin\\?":\s*\\?"([^"\\]+)/.exec(storyApp().stacks.control) ?? [];
  if (origin === undefined) throw new Error("the control stack names no log");
  return origin;
}

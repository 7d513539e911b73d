import { deepStrictEqual as equal, ok } from "node:assert";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KEY_SECONDS } from "../../../runtime/store/persons/person-keys";
import { userDigest } from "../../../runtime/store/user-digest";
import { AmbitAudit } from "../audit/ambit-audit";
import { LogBucket } from "../audit/log-bucket";
import { type LogPrograms, logPrograms } from "../audit/programs";
import { verdictsOf } from "../audit/verified";
import { run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { InUse } from "./identity-checks";
import { claimsIn, tokenOf } from "./real-agent";
import { RealChain } from "./real-chain";
import type { RealExchange } from "./real-exchange";
import { everything, personKeyTable } from "./state-table";
import { recordsWritten } from "./written-records";

const ROOT = resolve(__dirname, "../../..");
const TABLE = "erasure";
/** Stopped and erased, and erased alone */
const STOPPED = "mallory-4711";
const ERASED = "nora-4712";
const PATIENCE_SECONDS = 60;

type Note = (text: string) => void;

/** A person is erased at one of two exchanges: proofs and stops hold, and nothing that is left tells of the person. */
export function erasureChecks(suite: Suite, inUse: Check<InUse>): void {
  const programs = suite.check("erasure: fsck and torchwood's client are built", [], () => logPrograms());
  suite.check(
    "erasure: a person is erased from two exchanges, their state and their log, without breaking a proof or lifting a stop",
    [inUse, programs],
    async ([used, built], note) => {
      const erasure = await Erasure.start(suite, used);
      await erasure.told(note);
      await erasure.done(built, note);
    },
  );
}

class Erasure {
  private proofs: readonly Readonly<Record<string, string>>[] = [];

  private constructor(
    private readonly used: InUse,
    private readonly log: LogBucket,
    private readonly exchanges: readonly [RealExchange, RealExchange],
  ) {}

  public static async start(suite: Suite, used: InUse): Promise<Erasure> {
    const { world, keys } = used;
    await world.createTable(TABLE);
    const log = await LogBucket.made(world.url, "erasure-log", world.folder);
    suite.afterwards(() => log.close());
    const exchanges = await Promise.all([
      world.start({ name: "erasing", table: TABLE, keys, audit: log.config }),
      world.start({ name: "other", table: TABLE, keys }),
    ]);
    return new Erasure(used, log, exchanges);
  }

  /** What there is of both before: records by one name each, proofs, and a stop. */
  public async told(note: Note): Promise<void> {
    const tokens = new Map<string, string>();
    for (const user of [STOPPED, ERASED]) {
      for (const exchange of this.exchanges) tokens.set(user, await this.issued(exchange, user));
      equal((await this.namesOf(user)).length, 1);
    }
    await this.stop(STOPPED);
    equal(await this.isStopped(), [true, true]);
    const token = tokens.get(ERASED) as string;
    const out = join(this.used.world.folder, "erasure-proofs");
    const ask = () => this.audit.prove(this.log.place, "--token", token, "--out", out, "--json");
    let proven = await ask();
    const isProven = async (): Promise<boolean> => (proven = proven.code === 0 ? proven : await ask()).code === 0;
    await until(isProven, PATIENCE_SECONDS, () => proven.stderr);
    this.proofs = JSON.parse(proven.stdout) as typeof this.proofs;
    note(`${this.proofs.length} records of a token of ${ERASED} are proven`);
  }

  public async done(programs: LogPrograms, note: Note): Promise<void> {
    const [erasing, other] = this.exchanges;
    const before = await this.namesOf(ERASED);
    const pseudonyms = await Promise.all([this.erase(STOPPED), this.erase(ERASED)]);
    equal(pseudonyms[1], before[0]);
    equal((await this.erased("alcie")).code, 3);
    equal(await this.isStopped(), [true, true]);
    await this.issued(erasing, ERASED);
    const [, now] = await this.namesOf(ERASED, before);
    ok(now !== undefined, "the exchange that erased the person goes on by the old name");
    const begun = performance.now();
    const isForgotten = async (): Promise<boolean> => {
      const token = await this.issued(other, ERASED);
      return (await this.nameIn(token)) === now;
    };
    await until(isForgotten, KEY_SECONDS + PATIENCE_SECONDS, () => "the other exchange uses the old name");
    note(`the other exchange has the new name ${((performance.now() - begun) / 1_000).toFixed(1)} s later`);
    equal(await this.isStopped(), [true, true]);
    await erasing.stop();
    const folder = await this.log.copy();
    const { fsck, check } = await verdictsOf(folder, this.log, programs);
    ok(fsck !== undefined && fsck === check, `fsck said ${fsck}, torchwood ${check}`);
    equal((await this.audit.verify(this.log.place)).code, 0);
    for (const { record, proof } of this.proofs)
      equal((await this.audit.verify("--proof", String(proof), "--record", String(record))).code, 0);
    await this.searched(folder, now, note);
  }

  /** Every byte that is left; a pseudonym, which is there, shows that it is looked at. */
  private async searched(folder: string, pseudonym: string, note: Note): Promise<void> {
    const { url } = this.used.world;
    const places: Readonly<Record<string, string>> = {
      state: JSON.stringify([...(await everything(url, TABLE))]),
      keys: JSON.stringify([...(await everything(url, personKeyTable(TABLE)))]),
      log: filesIn(folder).join(""),
      output: this.exchanges.map((exchange) => exchange.process.said()).join(""),
    };
    for (const place of ["state", "log"]) ok(places[place]?.includes(pseudonym), `nothing was found in the ${place}`);
    ok(places["output"]?.includes("exchange.started"), "nothing was found in the output");
    for (const subject of [STOPPED, ERASED]) {
      const digest = userDigest({ issuer: this.used.world.issuers.userIssuer, subject });
      const bytes = Buffer.from(digest, "base64url");
      for (const name of [subject, digest, bytes.toString("base64"), bytes.toString("hex")]) {
        for (const [place, text] of Object.entries(places)) ok(!text.includes(name), `${name} is in the ${place}`);
      }
    }
    note(
      Object.entries(places)
        .map(([place, text]) => `${text.length} bytes of ${place}`)
        .join(", "),
    );
  }

  private get audit(): AmbitAudit {
    const { url, folder } = this.used.world;
    return new AmbitAudit(url, this.log.vkeyFile, join(folder, "erasure-cache"));
  }

  /** @returns jti */
  private async issued(exchange: RealExchange, user: string): Promise<string> {
    const answer = await new RealChain(this.used.world, exchange, user).byUser("quick", "tool:board");
    return claimsIn(tokenOf(answer)).jti as string;
  }

  private async isStopped(): Promise<readonly boolean[]> {
    const answers = this.exchanges.map(async (exchange) => {
      const { codes } = await new RealChain(this.used.world, exchange, STOPPED).byUser("quick", "tool:board");
      return codes.includes("user.revoked");
    });
    return Promise.all(answers);
  }

  private async nameIn(token: string): Promise<string> {
    const records = await recordsWritten(this.used.world.url, TABLE, "token.issued");
    return String(records.find(({ facts }) => facts["token"] === token)?.facts["user"]);
  }

  /** What records of tokens have in the place of a user: this class knows whose they are by their order alone. */
  private async namesOf(user: string, known: readonly string[] = []): Promise<readonly string[]> {
    const token = await this.issued(this.exchanges[0], user);
    return [
      ...new Set([...known, await this.nameIn(token), await this.nameIn(await this.issued(this.exchanges[0], user))]),
    ];
  }

  private async stop(subject: string): Promise<void> {
    const { code, stderr } = await this.ordered("revoke", "user", subject);
    equal(code, 0, stderr);
  }

  /** @returns what the person was called */
  private async erase(subject: string): Promise<string> {
    const { code, stdout, stderr } = await this.erased(subject);
    equal(code, 0, stderr);
    return (JSON.parse(stdout) as { readonly pseudonym: string }).pseudonym;
  }

  private erased(subject: string): ReturnType<typeof run> {
    return this.ordered("erase", subject);
  }

  /** By the command, as an operator types it */
  private ordered(...words: readonly string[]): ReturnType<typeof run> {
    const { world } = this.used;
    const file = (name: string, text: string): string => {
      writeFileSync(join(world.folder, name), text);
      return join(world.folder, name);
    };
    const { host, port } = this.exchanges[0].at;
    const args = [
      ...["-r", "@swc-node/register", join(ROOT, "cli/ambit.ts"), ...words, "--issuer", world.issuers.userIssuer],
      ...["--reason", "request 1", "--exchange", `https://${host}:${port}`, "--json"],
      ...["--ca", file("erasure-ca.pem", world.as("first").bundle), "--spiffe-id", world.exchangeId],
      ...["--id-token", file("erasure.jwt", world.operatorToken())],
    ];
    return run(process.execPath, args, { cwd: ROOT, timeoutSeconds: PATIENCE_SECONDS });
  }
}

function filesIn(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "latin1"));
}

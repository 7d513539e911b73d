import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { auditCommand } from "../../cli/audit";
import { DevelopmentPlatform } from "../../cli/dev/development-platform";
import { called, scratch } from "../support/cli";
import { selfStartingDocument } from "../support/exchange/self-starting-document";

const folder = scratch("dev-witness").path;
const lines: (readonly [string, unknown])[] = [];

/** A development in the folder, in which an agent calls a tool once */
async function worked(): Promise<void> {
  const platform = await DevelopmentPlatform.start({
    port: 0,
    folder,
    agents: ["web-reader"],
    gateway: { forwarder: true },
    document: selfStartingDocument,
    log: (event, facts) => void lines.push([event, facts]),
  });
  try {
    const { status } = await fetch(
      `${platform.companions.get("web-reader")}/v1/tasks/fetch/self/tools/search/v1/search?q=a`,
    );
    expect(status).toBe(200);
  } finally {
    await platform.close();
  }
}

const verified = (...more: readonly string[]) => {
  const keys = ["--key", join(folder, "audit-log.vkey"), "--witness", join(folder, "witness.vkey")];
  return called([auditCommand], "audit", "verify", join(folder, "audit-log"), ...keys, ...more);
};

test("the log of a development is cosigned by a witness beside it, also after it was begun again", async () => {
  const last = join(folder, "last.checkpoint");
  await worked();
  expect(await verified("--save", last)).toMatchObject({ code: 0, stderr: "" });
  await worked();
  const { code, stdout } = await verified("--since", last);
  expect([code, stdout]).toEqual([0, expect.stringContaining("witness.development")]);
  expect(lines.filter(([event]) => /^(audit\.(failed|forked|witness)|witness)/.test(event))).toEqual([]);
});

test("fails when the log was deleted with its state: the witness knows that there was more", async () => {
  for (const each of ["audit-log", "state"]) rmSync(join(folder, each), { recursive: true });
  lines.length = 0;
  await worked();
  const [event, facts] = lines.find(([name]) => name === "audit.forked") ?? [];
  expect(event).toBe("audit.forked");
  expect(JSON.stringify(facts)).toMatch(
    /the witness witness\.development has cosigned \d+|does not begin with the \d+/,
  );
  expect(() => readFileSync(join(folder, "audit-log", "checkpoint"))).toThrow("ENOENT");
});

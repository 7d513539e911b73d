import { generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { auditCommand } from "../../../cli/audit";
import { witnessCommand } from "../../../cli/audit/witness-command";
import { run } from "../../../cli/program";
import { cosignedAt } from "../../../runtime/audit/tlog/cosignature";
import { noteKeyIn } from "../../../runtime/audit/tlog/note-key";
import { noteIn, noteText } from "../../../runtime/audit/tlog/signed-note";
import { history, WitnessedLog } from "../../support/audit/witnessed-log";
import { called, scratch } from "../../support/cli";

const folder = scratch("audit-witness");
const log = WitnessedLog.named("prod.example/audit");
const pem = (type: "ed25519" | "x25519") =>
  (type === "ed25519" ? generateKeyPairSync(type) : generateKeyPairSync(type)).privateKey.export({
    type: "pkcs8",
    format: "pem",
  }) as string;
const key = folder.put("witness.pem", pem("ed25519"));
const args = ["--name", "witness.other.example", "--signing-key", key, "--log", folder.put("log.vkey", log.keys.vkey)];

/** Run it until what is done with it is done. */
async function running(act: (vkey: string, url: string) => Promise<void>): Promise<number> {
  let end = (): void => undefined;
  let said = "";
  let began: () => void = () => undefined;
  const isRunning = new Promise<void>((resolve) => (began = resolve));
  const io = {
    out: (text: string) => {
      said += text;
      began();
    },
    err: (text: string) => void (said += text),
  };
  const commands = [() => witnessCommand(io, (tell) => (end = tell))];
  const state = ["--folder", join(folder.path, "state"), "--listen", "127.0.0.1:0"];
  const code = run(commands, ["witness", ...args, ...state], io);
  await Promise.race([isRunning, code]);
  const [vkey = "", url = ""] = said.split("\n");
  try {
    await act(vkey, url);
  } finally {
    end();
  }
  return code;
}

const post = (url: string, body: string): Promise<Response> => fetch(`${url}/add-checkpoint`, { method: "POST", body });

test("it cosigns a log by the key that it says, and knows what it cosigned when it runs again", async () => {
  const all = history(9);
  const first = await running(async (vkey, url) => {
    const answer = await (await post(url, log.request(0, all, 5))).text();
    const note = noteIn(Buffer.from(noteText(log.checkpoint(all, 5)) + answer));
    expect(cosignedAt(note, noteKeyIn(vkey))).toBeGreaterThan(1_700_000_000);
  });
  const again = await running(async (_, url) => {
    const conflict = await post(url, log.request(0, all, 3));
    expect([conflict.status, await conflict.text()]).toEqual([409, "5\n"]);
    expect((await post(url, log.request(5, history(9, "fork", 2), 8))).status).toBe(422);
    expect((await post(url, log.request(5, all, 8))).status).toBe(200);
  });
  expect([first, again]).toEqual([0, 0]);
});

const witness = (...more: readonly string[]) => called([auditCommand], "audit", "witness", ...more);

test.each<[string, readonly string[], number, string]>([
  ["it keeps what it cosigned nowhere", args, 64, "name either --folder or --table"],
  ["it keeps it twice", [...args, "--folder", "a", "--table", "b"], 64, "name either --folder or --table"],
  [
    "a folder is in a region",
    [...args, "--folder", "a", "--region", "eu-central-1"],
    64,
    "--region is that of a --table",
  ],
  ["no log is named", args.slice(0, 4), 64, "--log"],
  [
    "a log's key is a witness's",
    [...args, "--folder", "a", "--log", "near.example+d36bc610+BNaBYSVRLs2UZ1afp1IMgty0FODBoUYrz/+FSjq6jDfr"],
    64,
    "--log must be the key of a log, which has type 1, got the one of a witness",
  ],
  [
    "it listens at no port",
    [...args, "--folder", "a", "--listen", "127.0.0.1"],
    64,
    '--listen must be a host and a port, such as 127.0.0.1:7380, got "127.0.0.1"',
  ],
  [
    "its key is nowhere",
    [...args, "--folder", "a", "--signing-key", "gone.pem"],
    64,
    "--signing-key must be a file, or the ARN or alias of a key in KMS, got gone.pem",
  ],
  [
    "its key signs nothing",
    [...args, "--folder", "a", "--signing-key", folder.put("x.pem", pem("x25519"))],
    1,
    "a note's key must be Ed25519, got x25519",
  ],
])("fails when %s", async (_, more, code, message) => {
  const result = await witness(...more);
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(message);
  expect(existsSync("a")).toBe(false);
});

test("fails when something else listens there", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  const state = ["--folder", join(folder.path, "other"), "--listen", `127.0.0.1:${port}`];
  const { code, stderr } = await witness(...args, ...state);
  server.close();
  expect([code, stderr]).toEqual([1, expect.stringContaining("EADDRINUSE")]);
});

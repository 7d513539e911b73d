import { deepStrictEqual as equal } from "node:assert";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { opaConfig } from "../../../constructs/decision/private/opa-config";
import { opaFlags } from "../../../constructs/decision/private/opa-flags";
import { structured, tarGz } from "../../../policies/bundle";
import { REVISION_DATA } from "../../../policies/signature";
import { OpaEngine } from "../../../runtime/decision/opa-engine";
import { serve, type Server } from "../../e2e/harness/server";
import { type BenchPolicy, bundleOf, REVISION } from "./fleets";
import { type Ask, cycling } from "./timed";

const START_SECONDS = 120;
/** A machine that is busy must not turn a slow answer into none. */
const TIMEOUT_MILLISECONDS = 10_000;

/** OPA under the configuration and the flags that ship, with the bundle of one fleet as a file, asked on its socket */
export class BenchOpa {
  private constructor(
    private readonly server: Server,
    private readonly engine: OpaEngine,
    public readonly bytes: { readonly dataBytes: number; readonly bundleBytes: number },
  ) {}

  /** @param folder for the socket too: a short path */
  public static async start(program: string, folder: string, fleet: BenchPolicy): Promise<BenchOpa> {
    mkdirSync(folder);
    const [file, config, socket] = [join(folder, "bundle.tar.gz"), join(folder, "config.json"), join(folder, "s")];
    const { files, dataBytes } = bundleOf(fleet);
    files.set(REVISION_DATA, structured({ number: REVISION }));
    const bundle = tarGz(files);
    writeFileSync(file, bundle);
    writeFileSync(
      config,
      JSON.stringify(opaConfig({ platform: "bench", bundle: { file }, persistence: join(folder, "persisted") })),
    );
    const diagnosticPort = await freePort();
    // No pod is around it to keep strangers off.
    const flags = opaFlags({ config, listener: { socket }, diagnosticPort }).map((flag) =>
      flag.replace("0.0.0.0:", "127.0.0.1:"),
    );
    const server = await serve({
      name: "opa",
      // Reading its decision log here would take longer than the decisions.
      command: "sh",
      args: ["-c", `exec "$0" "$@" > '${join(folder, "log")}' 2>&1`, program, ...flags],
      ready: async () => (await fetch(`http://127.0.0.1:${diagnosticPort}/health?bundles`)).ok,
      startSeconds: START_SECONDS,
    });
    const engine = new OpaEngine({ server: { socket }, timeoutMs: TIMEOUT_MILLISECONDS });
    const opa = new BenchOpa(server, engine, { dataBytes, bundleBytes: bundle.length });
    for (const call of fleet.calls) equal((await engine.decide(call)).reasons, []);
    return opa;
  }

  public ask({ calls }: BenchPolicy): Ask {
    return cycling(calls, (call) => this.engine.decide(call));
  }

  /** Resident memory of the process, as Linux counts it */
  public memoryBytes(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.server.pid}/status`, "utf8"))?.[1];
    return Number(kilobytes) * 1024;
  }

  public async stop(): Promise<void> {
    this.engine.close();
    await this.server.stop();
  }
}

import { readFileSync } from "node:fs";
import { Cosigning } from "../../audit/integration/cosigning";
import type { LogStorage } from "../../audit/storage/log-storage";
import { noteKeyIn } from "../../audit/tlog/note-key";
import { COSIGNING_BOUNDS, Uncosigned } from "../../audit/uncosigned";
import { WitnessClient } from "../../audit/witness/witness-client";
import type { Clock } from "../../clock";
import type { Log } from "../../log";
import type { WitnessingConfig } from "../witnessing-config";

/** Since when too few witnesses have cosigned the log, with the bounds of the configuration */
export function uncosignedOf(config: WitnessingConfig | undefined, clock: Clock): Uncosigned {
  const { alarmSeconds, refuseSeconds } = COSIGNING_BOUNDS;
  return new Uncosigned(
    { alarmSeconds: config?.alarmSeconds ?? alarmSeconds, refuseSeconds: config?.refuseSeconds ?? refuseSeconds },
    clock,
  );
}

export function cosigningOf(
  { witnesses, quorum = witnesses.length }: WitnessingConfig,
  parts: { readonly storage: LogStorage; readonly clock: Clock; readonly log: Log; readonly elapsed: () => number },
): Cosigning {
  const { storage, clock, log, elapsed } = parts;
  const clients = witnesses.map(({ url, key, ca }) => {
    const trusted = ca === undefined ? {} : { ca: readFileSync(ca, "utf8") };
    return new WitnessClient({ url, key: noteKeyIn(key), clock, ...trusted });
  });
  return new Cosigning({ witnesses: clients, quorum, storage, log, elapsed });
}

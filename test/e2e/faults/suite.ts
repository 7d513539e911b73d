import { seedOf } from "../../support/seed";
import { wholeNumber } from "../../support/whole-number";
import { controlChecks } from "../cluster/control-checks";
import { AwsAccount } from "../cluster/aws/account";
import { temporary } from "../cluster/temporary";
import { agentWorld, nodeWorld } from "../cluster/world";
import type { Suite } from "../harness/suite";
import { afterChecks } from "./after-checks";
import { KeptMoto } from "./kept-moto";
import { scheduleChecks, Tally } from "./schedule-checks";
import { schedulesOf } from "./schedules";

const COUNT = 20;
/** Each pays two refunds at most, of the 50 that a day has. */
const MOST = 24;
const PREFIX = "faults: ";
/** The kubelet's own pauses between two starts of a container are for what ends by itself, again and again. */
const RESTARTS_WITHIN_SECONDS = 1;

/** Parts of the platform fail by schedules of chance while an agent works, on a real node. */
export function faultsSuite(suite: Suite): void {
  let said = "";
  const seed = seedOf((text) => (said = text));
  const schedules = schedulesOf(seed, wholeNumber("AMBIT_SCHEDULES", { otherwise: COUNT, most: MOST }));
  suite.check(`${PREFIX}${schedules.length} schedules, ${said}`, [], () => undefined);
  const world = nodeWorld(suite, { restartsWithin: RESTARTS_WITHIN_SECONDS });
  const agents = agentWorld(suite, world);
  const moto = suite.check("control: moto keeps its state in a journal", [agents], async () => {
    const started = await KeptMoto.start(temporary(suite, "moto"));
    suite.afterwards(() => started.stop());
    return started;
  });
  const aws = suite.check("control: moto holds keys, tables and a bucket, as foundation names them", [moto], ([kept]) =>
    AwsAccount.filled(kept),
  );
  const control = controlChecks(suite, world.node, agents, { aws });
  const tally = new Tally();
  scheduleChecks(suite, world.node, { ...control, moto }, schedules, tally);
  afterChecks(suite, world.node, control, tally);
  // Of the checks that set the scene, those that no schedule needs are another suite's.
  suite.keep(({ name }) => name.startsWith(PREFIX));
}

import { join } from "node:path";
import { stopAll } from "../harness/process";
import { line } from "../harness/report";
import { Suite } from "../harness/suite";
import { motoPython, startMoto } from "../terraform/moto";
import { hopsChecks } from "./hops-checks";
void (async () => {
  const suite = new Suite("exchange");
  const moto = suite.check("moto answers", [], async () => {
    const started = await startMoto(await motoPython(), "111122223333", [join(__dirname, "moto_serial.py")]);
    suite.afterwards(() => started.stop());
    return started;
  });
  hopsChecks(suite, moto);
  for (const check of suite.checks) { await check.run(); console.log(line(check)); }
  await suite.putAway();
  stopAll(); process.exit(0);
})();

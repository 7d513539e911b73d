import type { StarterConfig } from "../../runtime/starters/config";
import { TRIAGE } from "./exchange/small-fleet";
import { ISSUER, KEYS, SCHEDULER } from "./exchange/token-world";

/** Of a starter that the small fleet's exchange knows */
export const CONFIG: StarterConfig = {
  name: "nightly",
  start: "schedule",
  issuer: SCHEDULER,
  audience: ISSUER,
  agent: TRIAGE,
  task: "sweep",
  address: "https://triage.agents.acme.example/sweep",
  method: "POST",
  key: KEYS.scheduler.kid,
  region: "eu-central-1",
};

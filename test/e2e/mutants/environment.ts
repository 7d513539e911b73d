import type { Circus } from "@jest/types";
import ProcessEnvironment from "../../support/run/environment";
import { activeMutant, isMutant } from "./active";
import { hasTimedOut } from "./timed-out";
import { SWITCH } from "./schemata";

const NO_TEST = /(?!)/;

/** Where tests run: the switches are there before any module is loaded, as some compute when they are. */
export default class MutantEnvironment extends ProcessEnvironment {
  constructor(...args: ConstructorParameters<typeof ProcessEnvironment>) {
    super(...args);
    Object.assign(this.global, { [SWITCH]: isMutant });
  }

  /** One test that fails is enough: those after it are skipped. */
  public handleTestEvent(event: Circus.Event, state: Circus.State): void {
    if (event.name !== "test_done" || activeMutant() === undefined) return;
    const { errors } = event.test;
    if (errors.length > 0 && !hasTimedOut(errors.map(String))) state.testNamePattern = NO_TEST;
  }
}

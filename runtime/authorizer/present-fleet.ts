import { type FleetView, type Registry, RegistryUnavailable } from "../registry/registry";
import { Denial } from "./denial";

/** @throws Denial `gateway.registry` where no registry is in force */
export function presentFleet(registry: Registry): FleetView {
  try {
    return registry.current();
  } catch (error) {
    if (error instanceof RegistryUnavailable) throw Denial.of("gateway.registry", undefined, { cause: error });
    throw error;
  }
}

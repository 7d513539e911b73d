import type { EnvoyServerProps } from "../../runtime/authorizer/envoy/envoy-server";

/** Where no call is cut */
export const NOTHING_OPEN: EnvoyServerProps["open"] = {
  begin: () => undefined,
  end: () => undefined,
  cutOf: () => undefined,
  answering: () => () => undefined,
};

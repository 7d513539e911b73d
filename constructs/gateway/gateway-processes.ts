import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { PodOfPlatform, Process } from "../platform/process";
import { IDENTITY_VARIABLES } from "../platform/web-identity";
import { DRAIN_SECONDS, ENVOY_RELEASE, FILE, FOLDER } from "./private/gateway-files";

const CONFIG = { folder: FOLDER.config, map: CONTROL_ACCOUNT.gateway } as const;

/** Each value is an argument of its own: Envoy does not parse `--flag=value`. */
export const ENVOY: Process = {
  container: "envoy",
  args: [
    ...["--config-path", `${FOLDER.config}/${FILE.envoy}`],
    "--disable-hot-restart",
    ...["--concurrency", "2"],
    ...["--drain-time-s", String(DRAIN_SECONDS)],
    ...["--drain-strategy", "immediate"],
    ...["--log-level", "warning"],
  ],
  env: {},
  config: CONFIG,
  image: ENVOY_RELEASE,
};

export const AUTHORIZER: Process = {
  container: "authorizer",
  args: [],
  env: {
    ...IDENTITY_VARIABLES,
    AMBIT_CONFIG: `${FOLDER.config}/${FILE.authorizer}`,
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
  },
  config: CONFIG,
};

/** Where Cedar decides, in the authorizer */
export const GATEWAY_POD: PodOfPlatform = {
  name: CONTROL_ACCOUNT.gateway,
  namespace: CONTROL_NAMESPACE,
  processes: [ENVOY, AUTHORIZER],
};

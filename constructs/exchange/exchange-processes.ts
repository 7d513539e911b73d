import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { PodOfPlatform, Process } from "../platform/process";
import { IDENTITY_VARIABLES } from "../platform/web-identity";
import { FILE, FOLDER } from "./private/exchange-config";

export const EXCHANGE: Process = {
  container: "exchange",
  args: [],
  env: {
    ...IDENTITY_VARIABLES,
    AMBIT_CONFIG: `${FOLDER.config}/${FILE.config}`,
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
  },
  config: { folder: FOLDER.config, map: CONTROL_ACCOUNT.exchange },
};

export const EXCHANGE_POD: PodOfPlatform = {
  name: CONTROL_ACCOUNT.exchange,
  namespace: CONTROL_NAMESPACE,
  processes: [EXCHANGE],
};

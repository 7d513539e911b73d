import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { PodOfPlatform, Process } from "../platform/process";
import { svidProcesses } from "../platform/svid-files";
import { IDENTITY_VARIABLES } from "../platform/web-identity";
import { FILE, FOLDER } from "./private/collector-files";

const CONFIG = { folder: FOLDER.config, map: CONTROL_ACCOUNT.collector } as const;
const HELPERS = svidProcesses(CONFIG, FILE.helper);

export const COLLECTOR: Process = {
  container: "collector",
  args: [`--config=${FOLDER.config}/${FILE.config}`],
  env: { ...IDENTITY_VARIABLES, AWS_STS_REGIONAL_ENDPOINTS: "regional" },
  config: CONFIG,
};

export const COLLECTOR_POD: PodOfPlatform = {
  name: CONTROL_ACCOUNT.collector,
  namespace: CONTROL_NAMESPACE,
  processes: [COLLECTOR, HELPERS.always],
  initial: [HELPERS.once],
};

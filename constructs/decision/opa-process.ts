import type { Process } from "../platform/process";
import { IDENTITY_VARIABLES } from "../platform/web-identity";
import { RELEASE } from "./images";
import { CONFIG, FOLDER, OPA_CONTAINER, OPA_SOCKET, opaArguments } from "./private/opa-pod";

/** OPA beside the authorizer, which decides each request in place of Cedar */
export const OPA_SIDECAR: Process & { readonly socket: string } = {
  container: OPA_CONTAINER,
  args: opaArguments("sidecar"),
  env: IDENTITY_VARIABLES,
  config: { folder: FOLDER.config, map: CONFIG },
  image: RELEASE,
  socket: OPA_SOCKET,
};
